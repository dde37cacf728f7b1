// The registry's own tests of broken and hostile files, once more: here the installed program is
// asked for each of them, by `daxlab run` and by `daxlab list`.
#include "core/registry/refusal_test.h"

#include <gmock/gmock.h>

#include <fstream>

#include "harness/installed/installation_test.h"
#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

std::vector<std::string> words_of(const SearchPath& search_path, std::vector<std::string> words) {
  for (const auto& folder : search_path.folders) {
    words.insert(words.end(), {"--plugin-path", folder.string()});
  }
  if (search_path.allow_writable) words.emplace_back("--allow-writable-plugins");
  return words;
}

}  // namespace

// The program has a time limit of its own.
std::string refusal_of(const SearchPath& search_path, PluginKind kind, const std::string& name,
                       std::chrono::milliseconds) {
  const ScratchFolder folder = ScratchFolder::make(testing::TempDir()).take();
  const std::string config = (folder.path() / "one_plugin.yaml").string();
  std::ofstream(config) << name_of(kind) << ": \"" << name
                        << "\"\nregion: {size: 1MiB}\nengine: simulator\nworkloads: [mkwrite]\n";
  const ProcessOutcome run = run_installed(words_of(search_path, {"run", config}));
  EXPECT_EQ(run.exit_status, 2) << run.out << run.error;
  EXPECT_EQ(run.out, "");
  const ProcessOutcome list = run_installed(words_of(search_path, {"list"}));
  EXPECT_EQ(list.signal_number, 0) << list.error;
  EXPECT_THAT(list.out, testing::HasSubstr("workload\n"));

  const std::string place = "daxlab run: " + config + ":1:";
  EXPECT_THAT(run.error, testing::StartsWith(place));
  const size_t column_ends = run.error.find(": ", place.size());
  if (column_ends == run.error.npos) return run.error;
  std::string message = run.error.substr(column_ends + 2);
  if (message.ends_with('\n')) message.pop_back();
  return message;
}

}  // namespace daxlab
