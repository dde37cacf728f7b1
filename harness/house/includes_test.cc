// Who may include whom. The direction is plugins -> SDK <- core <- harness, and inside core and
// harness from the bottom up; each third-party library has one door.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/house/source_tree.h"

namespace daxlab {
namespace {

// Standard C++ headers have neither a folder nor a suffix.
bool is_standard(const Include& include) {
  return !include.quoted && include.name.find_first_of("./") == std::string::npos;
}

bool is_sdk(const Include& include) { return include.name.starts_with("daxlab/"); }

// "core/engine/mmu/handler.cc" -> "core/engine/mmu"
std::string folder_of(const std::string& file) {
  return std::filesystem::path(file).parent_path().string();
}

// What each folder may include besides itself and the SDK. A folder that is not here fails the
// test: say where it stands first.
const std::map<std::string, std::set<std::string>>& allowed_folders() {
  static const auto* folders = [] {
    auto* made = new std::map<std::string, std::set<std::string>>{
        {"core/base", {}},
        {"core/file", {"core/base"}},
        {"core/sync", {"core/base"}},
        {"core/registry", {"core/base"}},
        {"core/region", {"core/base", "core/sync"}},
        {"core/recovery", {"core/base", "core/sync", "core/region"}},
        {"core/alloc", {"core/base", "core/sync", "core/region"}},
        {"core/dax", {"core/base", "core/file", "core/sync", "core/region", "core/alloc"}},
        {"core/engine/baseline", {"core/base", "core/file"}},
    };
    std::set<std::string> engine = made->at("core/dax");
    engine.insert("core/dax");
    (*made)["core/engine/mmu"] = (*made)["core/engine/simulator"] = engine;
    std::set<std::string> lab;
    for (const auto& [folder, below] : *made) lab.insert(folder);
    (*made)["core/lab"] = lab;

    (*made)["harness/doctor"] = {"core/base"};
    (*made)["harness/workloads"] = {"core/base", "core/file"};
    (*made)["harness/config"] = {"core/base", "core/region", "core/registry", "core/lab",
                                 "harness/workloads"};
    std::set<std::string> report = made->at("harness/config");
    report.insert({"harness/config", "harness/statistics"});
    (*made)["harness/report"] = report;
    (*made)["harness/histories"] = {"core/base", "core/file"};
    std::set<std::string> run = report;
    run.insert({"harness/report", "core/file"});
    (*made)["harness/run"] = run;
    std::set<std::string> endurance = run;
    endurance.insert({"core/recovery", "harness/run"});
    (*made)["harness/endurance"] = endurance;
    (*made)["harness/campaign"] = endurance;
    (*made)["harness/statistics"] = {};
    std::set<std::string> compare = endurance;
    compare.insert({"harness/campaign", "harness/statistics"});
    (*made)["harness/compare"] = compare;
    std::set<std::string> conformance = endurance;
    conformance.insert({"harness/check", "harness/crash", "harness/endurance", "harness/histories",
                        "harness/judges"});
    (*made)["harness/conformance"] = conformance;
    std::set<std::string> commands = endurance;
    commands.insert({"harness/campaign", "harness/compare", "harness/doctor"});
    (*made)["harness/commands"] = commands;
    (*made)["harness"] = {"harness/commands"};  // daxlab_main.cc
    std::set<std::string> pairs = commands;
    pairs.insert({"harness/commands", "harness/strategies"});
    (*made)["harness/pairs"] = pairs;
    pairs.insert("harness/histories");
    (*made)["harness/parity"] = pairs;
    commands.insert({"harness/check", "harness/commands", "harness/conformance",
                     "harness/endurance", "harness/judges", "harness/pairs", "harness/parity"});
    (*made)["harness/proving"] = commands;
    (*made)["harness/crash"] = {"core/recovery", "core/base",        "core/dax",
                                "core/file",     "core/lab",         "core/engine/simulator",
                                "core/region",   "harness/histories"};
    (*made)["harness/judges"] = {"core/base",     "core/file",         "core/lab",
                                 "core/region",   "core/recovery",     "core/engine/simulator",
                                 "core/registry", "harness/histories", "harness/crash"};
    std::set<std::string> check = made->at("harness/judges");
    check.insert({"core/sync", "core/registry", "harness/config", "harness/judges"});
    (*made)["harness/check"] = check;
    std::set<std::string> mutations = made->at("harness/check");
    mutations.insert({"harness/check", "harness/strategies"});
    (*made)["harness/mutations"] = mutations;
    (*made)["harness/strategies"] = {"core/base",     "core/file",       "core/lab",
                                     "core/registry", "core/engine/mmu", "harness/histories"};
    (*made)["harness/failures"] = {"core/base",   "core/file",         "core/lab",
                                   "core/region", "harness/histories", "harness/strategies"};
    (*made)["harness/fuzz"] = {"core/base",     "core/recovery",  "core/region",
                               "harness/check", "harness/config", "harness/histories"};
    (*made)["harness/bench"] = {"core/recovery",     "core/base",   "core/file",
                                "core/lab",          "core/region", "harness/crash",
                                "harness/histories", "harness/run", "harness/strategies"};
    (*made)["harness/end_to_end"] = {"core/base"};
    for (const std::string kind : {"fault", "write", "alloc"}) {
      (*made)["harness/end_to_end/misbehaving/" + kind] = {};  // plugins
      (*made)["core/sdk/templates/" + kind] = {};
    }
    return made;
  }();
  return *folders;
}

TEST(Includes, CoreAndHarnessFollowTheOrderOfTheirFolders) {
  for (const std::string top : {"core", "harness"}) {
    for (const std::string& file : files_under(top)) {
      if (!is_code(file) || is_test(file) || file.starts_with("core/include/")) continue;
      const std::string folder = folder_of(file);
      const auto allowed = allowed_folders().find(folder);
      if (allowed == allowed_folders().end()) {
        ADD_FAILURE() << file << ": folder " << folder << " has no place in the order of this test";
        continue;
      }
      for (const Include& include : includes_of(file)) {
        if (!include.quoted || is_sdk(include)) continue;
        const std::string from = folder_of(include.name);
        EXPECT_TRUE(from == folder || allowed->second.count(from) == 1)
            << file << " includes " << include.name;
      }
    }
  }
}

TEST(Includes, TestsOfTheCoreDoNotReachIntoTheHarness) {
  for (const std::string& file : files_under("core")) {
    if (!is_code(file)) continue;
    for (const Include& include : includes_of(file)) {
      EXPECT_FALSE(include.name.starts_with("harness/")) << file << " includes " << include.name;
      EXPECT_FALSE(include.name.starts_with("plugins/")) << file << " includes " << include.name;
    }
  }
}

TEST(Includes, PluginsSeeTheSdkTheStandardLibraryAndHeadersOfTheirFolder) {
  for (const std::string& file : files_under("plugins")) {
    if (!is_code(file) || is_test(file)) continue;
    for (const Include& include : includes_of(file)) {
      const bool of_its_folder = include.quoted && include.name.ends_with(".h") &&
                                 folder_of(include.name) == folder_of(file);
      EXPECT_TRUE(is_sdk(include) || is_standard(include) || of_its_folder)
          << file << " includes " << include.name;
    }
  }
}

TEST(Includes, TheSdkNeedsNothingButTheStandardLibrary) {
  for (const std::string& file : files_under("core/include")) {
    for (const Include& include : includes_of(file)) {
      EXPECT_TRUE(is_sdk(include) || is_standard(include)) << file << " includes " << include.name;
    }
  }
}

TEST(Includes, QuotedOnesNameFilesFromTheTopOfTheTree) {
  for (const std::string top : {"core", "harness", "plugins"}) {
    for (const std::string& file : files_under(top)) {
      if (!is_code(file)) continue;
      for (const Include& include : includes_of(file)) {
        if (!include.quoted) continue;
        const std::string path = is_sdk(include) ? "core/include/" + include.name : include.name;
        EXPECT_TRUE(std::filesystem::is_regular_file(source_folder() / path))
            << file << " includes " << include.name;
      }
    }
  }
}

// Headers whose name starts with `prefix` are included by one file of each door and by no other,
// tests apart. A door is a file, or a folder that leaves open which; a header is none, for whoever
// includes it would be one too.
void expect_doors(const std::string& prefix, const std::vector<std::string>& doors) {
  std::set<std::string> found;
  for (const std::string top : {"core", "harness", "plugins"}) {
    for (const std::string& file : files_under(top)) {
      if (!is_code(file) || is_test(file)) continue;
      for (const Include& include : includes_of(file)) {
        if (include.name.starts_with(prefix)) found.insert(file);
      }
    }
  }
  std::string all;
  for (const std::string& file : found) {
    all += " " + file;
    EXPECT_TRUE(file.ends_with(".cc")) << prefix << " is included by a header: " << file;
  }
  for (const std::string& door : doors) {
    EXPECT_EQ(std::count_if(found.begin(), found.end(),
                            [&](const std::string& file) { return file.starts_with(door); }),
              1)
        << prefix << " in " << door << ", included by:" << all;
  }
  EXPECT_EQ(found.size(), doors.size()) << prefix << " is included by:" << all;
}

TEST(Doors, JsonIsReadAndPrintedInOneFile) {
  expect_doors("nlohmann/", {"core/base/json_text.cc"});
  // Of tests, only that of the schema: the library that judges it wants it so.
  for (const std::string top : {"core", "harness", "plugins"}) {
    for (const std::string& file : files_under(top)) {
      if (!is_code(file) || !is_test(file) || file == "harness/config/schema_judge_test.cc")
        continue;
      for (const Include& include : includes_of(file)) {
        EXPECT_FALSE(include.name.starts_with("nlohmann/")) << file;
      }
    }
  }
}
TEST(Doors, YamlIsReadInOneFile) { expect_doors("yaml-cpp/", {"harness/config/"}); }
TEST(Doors, SharedObjectsAreLoadedInOneFile) { expect_doors("boost/dll", {"core/registry/"}); }
TEST(Doors, TheCommandLineIsReadInOneFile) {
  expect_doors("CLI/", {"harness/commands/read_command_line.cc"});
}
// One for cells, one for the rows of daxlab_bench.
TEST(Doors, GoogleBenchmarkIsBehindTwoFiles) {
  expect_doors("benchmark/", {"harness/run/", "harness/bench/"});
}
// The doctor asks the kernel what the engine would meet, and stays out of the engine for it.
TEST(Doors, KernelFaultsAreTakenInOneFileAndAskedAboutInAnother) {
  expect_doors("linux/userfaultfd.h", {"core/engine/mmu/", "harness/doctor/userfaultfd.cc"});
}

}  // namespace
}  // namespace daxlab
