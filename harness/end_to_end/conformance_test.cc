// `daxlab conformance` as a user runs it: shipped plugins pass, wrong ones fail with a clear line,
// and nothing that they do ends the program.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "core/base/json.h"
#include "harness/end_to_end/conformance_run.h"

namespace daxlab {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace fs = std::filesystem;

std::vector<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".so") names.insert(entry.path().stem().string());
  }
  return {names.begin(), names.end()};
}

const fs::path shipped = fs::path(DAXLAB_PROGRAM).parent_path().parent_path() / "plugins";

class EachKind : public testing::TestWithParam<std::string> {};

// All but what explores: of what is shipped, Histories, Combinations, Crashes and ShippedCheck do
// that. Whole suites run in harness/house, as the README has them.
std::vector<std::string> checks_of_contracts(const std::string& kind) {
  if (kind == "alloc") return {"[!n]*"};
  return {"[!ans]*", "no_space*", "stores*"};
}

TEST_P(EachKind, ShippedPluginsPass) {
  const auto names = names_in(shipped / GetParam());
  EXPECT_GE(names.size(), 3u);
  for (const std::string& name : names) {
    for (const std::string& checks : checks_of_contracts(GetParam())) {
      const ProcessOutcome outcome = conformance({GetParam(), name, "--checks", checks});
      EXPECT_EQ(outcome.exit_status, 0) << name << "\n" << outcome.out << outcome.error;
      EXPECT_THAT(outcome.out, StartsWith(GetParam() + " plugin '" + name + "' ("));
      EXPECT_THAT(outcome.out, Not(HasSubstr("FAILED")));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Conformance, EachKind, testing::Values("fault", "write", "alloc"),
                         [](const auto& test) { return test.param; });

TEST(Conformance, AStaticDestructorThatAbortsIsAccused) {
  const ProcessOutcome outcome = conformance({"alloc", "aborts_at_unload", "--checks", "begins*"});
  EXPECT_EQ(outcome.exit_status, 1) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("SIGABRT in a destructor that runs at unload"));
}

TEST(Conformance, SeveralPluginsByTheirFilesAndATotal) {
  const std::string right = (shipped / "alloc" / "first_fit.so").string();
  const std::string wrong = std::string(DAXLAB_TEST_PLUGIN_FOLDER) + "/alloc/same_block_twice.so";
  const ProcessOutcome outcome =
      conformance({right, "fault", "page_zero", wrong, "--checks", "h*"});
  EXPECT_EQ(outcome.exit_status, 1) << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("alloc first_fit: 1 of 1 checks passed\n"));
  EXPECT_THAT(outcome.out, HasSubstr("fault page_zero: 1 of 1 checks passed\n"));
  EXPECT_THAT(outcome.out, HasSubstr("alloc same_block_twice: 0 of 1 checks passed, 1 failed\n"));
  EXPECT_THAT(outcome.out, HasSubstr("2 of 3 plugins passed\n"));
  EXPECT_THAT(outcome.out, HasSubstr("conformance " + wrong + " --plugin-path"));
}

TEST(Conformance, JunitHasACaseForEachCheck) {
  const ProcessOutcome outcome =
      run_daxlab({"conformance", "alloc", "first_fit", "alloc", "per_cpu", "--checks", "begins*",
                  "--junit", "/dev/stdout", "--json"});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("<testcase name=\"begins_all_free\" "
                                     "classname=\"conformance.alloc.per_cpu\""));
}

TEST(Conformance, AnAllocatorWithMutexAndMallocMayHaveThem) {
  const ProcessOutcome outcome = conformance({"alloc", "mutex_and_malloc"});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.out;
}

// Whatever it keeps back, as long as it says so.
TEST(Conformance, AnAllocatorMayKeepAReserve) {
  for (const char* blocks : {"blocks=1", "blocks=100000"}) {
    const ProcessOutcome outcome =
        conformance({"alloc", "keeps_a_reserve", "--option", blocks, "--checks", "[!n]*"});
    EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
  }
  const ProcessOutcome outcome = conformance({"alloc", "keeps_a_reserve", "--checks", "no_run*"});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
}

// A right plugin with options: the same file passes and fails.
TEST(Conformance, OptionsReachThePlugin) {
  EXPECT_EQ(conformance({"write", "wrong_write", "--checks", "[wn]*"}).exit_status, 0);
  EXPECT_EQ(conformance({"fault", "page_zero", "--checks", "holes*", "--option", "around=16",
                         "--option", "cache_limit=4"})
                .exit_status,
            0);
}

TEST(Conformance, SeedsAreSaidAndTaken) {
  const ProcessOutcome outcome =
      conformance({"alloc", "wrong_in_one_way", "--option", "flaw=loses_the_hundredth", "--checks",
                   "answers_like*", "--seed", "77"});
  EXPECT_EQ(outcome.exit_status, 1);
  EXPECT_THAT(outcome.out, HasSubstr("1 checks, seed 77\n"));
  EXPECT_THAT(outcome.out, HasSubstr("--option flaw=loses_the_hundredth"));
  EXPECT_THAT(outcome.out, HasSubstr("--seed 77 --checks answers_like_the_model"));
}

TEST(Conformance, AsJson) {
  const ProcessOutcome outcome =
      conformance({"alloc", "same_block_twice", "--json", "--checks", "[bh]*"});
  EXPECT_EQ(outcome.exit_status, 1);
  const Json document = json_or_null(outcome.out);
  EXPECT_EQ(document["plugin"]["kind"], "alloc");
  EXPECT_EQ(document["plugin"]["name"], "same_block_twice");
  EXPECT_EQ(document["seed"], 1);
  EXPECT_EQ(document["passed"].as_signed().value() + document["failed"].as_signed().value(), 2);
  ASSERT_EQ(document["checks"].size(), 2u);
  const Json& failed = document["checks"][1];
  EXPECT_EQ(failed["name"], "hands_out_every_block");
  EXPECT_EQ(failed["passed"], false);
  EXPECT_THAT(failed["seen"].text(), HasSubstr("is in use"));
  EXPECT_GE(failed["steps"].size(), 2u);
  EXPECT_THAT(failed["repeat"].text(),
              StartsWith(std::string(DAXLAB_PROGRAM) + " conformance alloc"));
}

struct Usage {
  std::vector<std::string> arguments;
  std::string says;
};

TEST(Conformance, WrongWordsAreErrorsOfTheCommandLine) {
  const Usage wrong[] = {
      {{"alloc", "first_fot"}, "no alloc plugin is called first_fot, the nearest is first_fit"},
      {{"fault", "first_fit"}, "no fault plugin is called first_fit"},
      {{"allok", "first_fit"},
       "no kind of plugin is called allok: expected one of fault, write, alloc"},
      {{"alloc", "first_fit", "--checks", "begins_all_fre"}, "did you mean 'begins_all_free'?"},
      {{"alloc", "first_fit", "--option", "color=red"}, "--option color=red: "},
      {{"fault", "page_zero", "--option", "around=0"}, "--option around=0: "},
      {{"fault", "page_zero", "--option", "around"}, "expected name=value"},
      {{"fault", "page_zero", "--option", "name=x"}, "named already"},
      {{"alloc", "first_fit", "--time-limit", "soon"}, "--time-limit: "},
      {{"alloc", "first_fit", "--time-limit", "0s"}, "--time-limit: "},
      {{"alloc", "first_fit", "--time-limit", "5"}, "--time-limit: expected 1ms to 24h, found 5"},
      {{"fault", "abort_at_load"}, "SIGABRT while it was loaded"},
      {{"alloc", "../first_fit"}, "not paths"},
  };
  for (const Usage& usage : wrong) {
    const ProcessOutcome outcome = conformance(usage.arguments);
    EXPECT_EQ(outcome.exit_status, 2) << usage.says << outcome.out;
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.error, StartsWith("daxlab conformance: "));
    EXPECT_THAT(outcome.error, HasSubstr(usage.says));
  }
}

}  // namespace
}  // namespace daxlab
