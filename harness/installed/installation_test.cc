#include "harness/installed/installation_test.h"

#include <optional>

#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;

std::optional<ScratchFolder> installation;

// Before main() ends, so that nothing stays; a death test's child leaves it alone.
class RemovedAtTheEnd : public testing::Environment {
  void TearDown() override { installation.reset(); }
};
[[maybe_unused]] const testing::Environment* const registered =
    testing::AddGlobalTestEnvironment(new RemovedAtTheEnd);

}  // namespace

const fs::path& installed_prefix() {
  if (!installation) {
    installation.emplace(ScratchFolder::make(testing::TempDir()).take());
    const ProcessOutcome outcome = RunningProgram::of({DAXLAB_CMAKE, "--install", DAXLAB_BINARY_DIR,
                                                       "--prefix", installation->path().string()})
                                       .wait();
    EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
  }
  return installation->path();
}

fs::path installed_program() { return installed_prefix() / "bin/daxlab"; }
fs::path installed_libraries() { return installed_prefix() / DAXLAB_INSTALL_LIBDIR; }

ProcessOutcome run_installed(const std::vector<std::string>& arguments,
                             const std::vector<std::string>& environment) {
  std::vector<std::string> words = {installed_program().string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return RunningProgram::of(words, environment).wait();
}

void Installed::shell(const std::string& line) const {
  const ProcessOutcome outcome =
      RunningProgram::shell("cd '" + folder_.string() + "' && " + line).wait();
  EXPECT_EQ(outcome.exit_status, 0) << line << "\n" << outcome.out << outcome.error;
}

}  // namespace daxlab
