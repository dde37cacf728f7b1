// The registry's own tests of broken and hostile files, once more: here the installed program is
// asked for each of them.
#include "core/registry/refusal_test.h"

#include <gmock/gmock.h>

#include <fstream>

#include "core/registry/plugin_workshop.h"
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
  EXPECT_TRUE(run.exit_status == 1 || run.exit_status == 2) << run.out << run.error;
  EXPECT_EQ(run.out, "");

  const std::string place = "daxlab run: " + config + ":1:";
  EXPECT_THAT(run.error, testing::HasSubstr(place));
  const size_t at = run.error.find(place);  // behind what the plugin itself printed
  const size_t column_ends = at == run.error.npos ? at : run.error.find(": ", at + place.size());
  if (column_ends == run.error.npos) return run.error;
  std::string message = run.error.substr(column_ends + 2);
  if (message.ends_with('\n')) message.pop_back();
  return message;
}

namespace {

TEST_F(Installed, ListNamesWhatIsRefusedAndGoesOn) {
  const PluginWorkshop workshop;
  const std::string good = PluginWorkshop::source_of(PluginKind::fault, "good");
  const auto whole = read_bytes(workshop.build("fault/good.so", good));
  write_bytes(workshop.folder() / "fault/half.so",
              {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 2)});
  write_bytes(workshop.folder() / "write/empty.so", {});
  workshop.build("alloc/aborts.so", PluginWorkshop::source_of(PluginKind::alloc, "aborts",
                                                              PluginWorkshop::at_load("abort();")));
  const ProcessOutcome list = run_installed({"list", "--plugin-path", workshop.folder().string()});
  EXPECT_EQ(list.exit_status, 0) << list.error;
  for (const char* refused : {"half.so: is truncated", "empty.so: is empty",
                              "aborts.so: was killed by SIGABRT while it was loaded"}) {
    EXPECT_THAT(list.out, testing::HasSubstr(refused));
  }
  EXPECT_THAT(list.out, testing::HasSubstr("  good: made for a test\n"));
  EXPECT_THAT(list.out, testing::HasSubstr("\nworkload\n"));
}

}  // namespace
std::chrono::milliseconds heeded_limit(std::chrono::milliseconds) {
  return std::chrono::seconds(10);  // Registry's own
}

}  // namespace daxlab
