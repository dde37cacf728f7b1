// What `cmake --install` has installed is whole: every command works from there, wherever it has
// been moved, and nothing is ever built.
#include <gmock/gmock.h>

#include <fstream>

#include "harness/installed/installation_test.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string small_config =
    "region: {size: 1MiB}\nengine: simulator\nalloc: first_fit\nworkloads: [{name: mkwrite, size: "
    "64KiB}]\n";

std::vector<std::vector<std::string>> every_command(const std::string& config,
                                                    const std::string& region,
                                                    const std::string& findings) {
  return {{"run", config},
          {"validate", config},
          {"list", "--hazards"},
          {"schema"},
          {"check", config, "--time", "50ms", "--save", findings},
          {"conformance", "alloc", "first_fit"},
          {"soak", config, "--time", "100ms"},
          {"bench", "--benchmark_filter=sync/simulator/a_word_each/pages:1/",
           "--benchmark_min_time=0.001"},
          {"region", "create", region, "--size", "1MiB", "--force"},
          {"region", "info", region},
          {"region", "fsck", region},
          {"doctor", "--json"}};
}

// Without a PATH no cmake and no compiler is found; what lies at the prefix must not be taken for a
// folder of builds.
TEST_F(Installed, EveryCommandWorksAndNothingIsBuilt) {
  std::ofstream(installed_prefix() / "CMakeCache.txt") << "CMAKE_PROJECT_NAME:STATIC=daxlab\n";
  const std::string config = write("small.yaml", small_config).string();
  for (const auto& words :
       every_command(config, (folder_ / "lab.pmem").string(), (folder_ / "findings").string())) {
    const ProcessOutcome outcome = run_installed(words, {"PATH=" + folder_.string()});
    const bool doctor_may_miss_something = words[0] == "doctor" && outcome.exit_status == 1;
    EXPECT_TRUE(outcome.exit_status == 0 || doctor_may_miss_something)
        << words[0] << ": " << outcome.out << outcome.error;
    EXPECT_THAT(outcome.error, Not(HasSubstr("builds"))) << words[0];
  }
}

class NotBuilt : public Installed {};

TEST_F(NotBuilt, SaysInOneLineWhatBuildsAllAndInstallsNothing) {
  const std::string build = (folder_ / "a build").string();
  const fs::path prefix = folder_ / "prefix";
  shell("'" DAXLAB_CMAKE "' -S '" DAXLAB_SOURCE_DIR "' -B '" + build +
        "' -DBUILD_TESTING=OFF -DCMAKE_CXX_COMPILER='" DAXLAB_COMPILER "'");
  const ProcessOutcome outcome =
      RunningProgram::of({DAXLAB_CMAKE, "--install", build, "--prefix", prefix.string()}).wait();
  EXPECT_NE(outcome.exit_status, 0);
  EXPECT_THAT(outcome.error,
              HasSubstr(build +
                        "/bin/daxlab is not built yet; build all that is installed by: "
                        "cmake --build " +
                        build + " --target daxlab_programs all_plugins\n"));
  EXPECT_FALSE(fs::exists(prefix));
}

TEST_F(Installed, ItsPluginsAreThoseOfItsOwnPrefix) {
  const ProcessOutcome outcome = run_installed({"list", "--hazards"});
  EXPECT_THAT(outcome.out, AllOf(HasSubstr(installed_libraries().string()),
                                 HasSubstr("/daxlab/plugins/alloc/first_fit.so"),
                                 HasSubstr("/daxlab/plugins/hazards/partial_says_all.so"),
                                 Not(HasSubstr(DAXLAB_BINARY_DIR)), Not(HasSubstr("refused"))));
}

TEST_F(Installed, ItWorksWhereverItIsMovedTo) {
  const fs::path moved = folder_ / "moved here";
  fs::copy(installed_prefix(), moved,
           fs::copy_options::recursive | fs::copy_options::create_hard_links);
  const std::string config = write("small.yaml", small_config).string();
  const std::string findings = (folder_ / "findings").string();
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"run", config},
        {"check", config, "--time", "50ms", "--save", findings}}) {
    std::vector<std::string> line = {(moved / "bin/daxlab").string()};
    line.insert(line.end(), words.begin(), words.end());
    const ProcessOutcome outcome = RunningProgram::of(line).wait();
    EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
  }
}

TEST_F(Installed, AProgramThatIsMissingIsNamedAndNotBuilt) {
  const fs::path part = folder_ / "part";
  fs::copy(installed_prefix(), part,
           fs::copy_options::recursive | fs::copy_options::create_hard_links);
  fs::remove(part / "libexec/daxlab/daxlab_check");
  std::ofstream(part / "CMakeCache.txt") << "CMAKE_PROJECT_NAME:STATIC=daxlab\n";
  const std::string config = write("small.yaml", small_config).string();
  const ProcessOutcome outcome =
      RunningProgram::of({(part / "bin/daxlab").string(), "check", config}).wait();
  EXPECT_EQ(outcome.exit_status, 1);
  EXPECT_EQ(outcome.error, "daxlab check: needs the program daxlab_check, which is not in " +
                               (part / "libexec/daxlab").string() +
                               ": install it there, or run daxlab where it was built\n");
}

TEST_F(Installed, AConfigThatIsNotHereButShippedIsSaidToBe) {
  const ProcessOutcome outcome = run_installed({"run", "quickstart.yaml"});
  EXPECT_EQ(outcome.exit_status, 2);
  const fs::path shipped = installed_prefix() / "share/daxlab/configs/quickstart.yaml";
  EXPECT_THAT(outcome.error, HasSubstr("and one by that name is " + shipped.string()));
  EXPECT_EQ(run_installed({"validate", shipped.string()}).exit_status, 0);
}

TEST_F(Installed, OfTwoPluginsByOneNameTheUsedOneIsSaid) {
  fs::create_directories(folder_ / "mine/alloc");
  const fs::path mine = folder_ / "mine/alloc/first_fit.so";
  fs::copy_file(installed_libraries() / "daxlab/plugins/alloc/first_fit.so", mine);
  const std::vector<std::string> path = {"--plugin-path", (folder_ / "mine").string()};

  const ProcessOutcome list = run_installed({"list", path[0], path[1]});
  EXPECT_THAT(list.out, HasSubstr(mine.string() + "\n    also in " + installed_prefix().string()));
  EXPECT_THAT(list.out, HasSubstr("alloc/first_fit.so, not used\n"));

  const std::string config = write("small.yaml", small_config).string();
  const std::string out = results_path().string();
  const ProcessOutcome run = run_installed({"run", config, path[0], path[1], "--out", out});
  EXPECT_EQ(run.exit_status, 0) << run.error;
  const std::string line = "alloc first_fit is " + mine.string() + "; not used: ";
  EXPECT_THAT(run.out, HasSubstr(line));
  EXPECT_THAT(json_in(out)["context"]["plugins_not_used"].text(), testing::StartsWith(line));
  EXPECT_THAT(run_installed({"run", config}).out, Not(HasSubstr("not used")));
}

TEST_F(Installed, PkgConfigHasTheFlagsOfPlugins) {
  if (RunningProgram::shell("pkg-config --version").wait().exit_status != 0) {
    GTEST_SKIP() << "pkg-config is not there (Debian: pkg-config)";
  }
  write("mine.cc",
        "#include <daxlab/write.h>\nusing namespace daxlab;\nstruct Mine final : WriteStrategy {\n"
        "  Mine(Host&, const OptionValues&) {}\n"
        "  uint64_t max_write_bytes() const noexcept override { return 1; }\n"
        "  Result<uint64_t> write(ByteRange, WriteOps&) noexcept override { return "
        "ErrorCode::no_space; }\n};\n"
        "DAXLAB_WRITE_PLUGIN(mine, Mine, \"never writes\", no_options);\n");
  const std::string pkg_config =
      "PKG_CONFIG_PATH='" + (installed_libraries() / "pkgconfig").string() + "' pkg-config daxlab ";
  shell(DAXLAB_COMPILER " -shared $(" + pkg_config + "--cflags) mine.cc -o mine.so && test -d $(" +
        pkg_config + "--variable=plugindir)/alloc && test -f $(" + pkg_config +
        "--variable=configsdir)/quickstart.yaml");
  const ProcessOutcome list = run_installed({"list", "--plugin-path", folder_.string()});
  EXPECT_THAT(list.out, HasSubstr("  mine: never writes\n"));
}

}  // namespace
}  // namespace daxlab
