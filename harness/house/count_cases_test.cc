// The count at the end of the tests: of logs that are made up, in ctest's form.
#include <gtest/gtest.h>

#include "harness/house/source_tree.h"

namespace daxlab {
namespace {

// What ctest keeps of one test.
std::string program_log(const std::string& name, const std::string& output, bool passed) {
  return "1/9 Testing: " + name + "\n1/9 Test: " + name + "\nCommand: \"bin/" + name +
         "\"\nOutput:\n-----\n" + output + "<end of output>\nTest time =   0.02 sec\n-----\nTest " +
         (passed ? "Passed.\n" : "Failed.\n") + "\"" + name + "\" end time: Nov 29\n";
}

CommandOutcome count(const std::string& log) {
  ScratchFolder scratch;
  scratch.write("LastTest.log", log);
  return run_command("awk -f harness/count_cases.awk " +
                     (scratch.path() / "LastTest.log").string());
}

const std::string one_passes = "[ RUN      ] A.One\n[       OK ] A.One (0 ms)\n";

TEST(CountCases, SumsAllPrograms) {
  const CommandOutcome outcome = count(
      program_log("a_test", one_passes + "[ RUN      ] A.Two\n[  SKIPPED ] A.Two (0 ms)\n", true) +
      program_log("b_test", one_passes, true));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_EQ(outcome.output, "2 cases passed, 0 failed, 1 skipped\n");
}

TEST(CountCases, NamesWhatFailedOnce) {
  const CommandOutcome outcome = count(
      program_log("a_test",
                  one_passes + "[ RUN      ] All/B.Fails/x\nfile.cc:1: Failure\n"
                               "[  FAILED  ] All/B.Fails/x, where GetParam() = \"x\" (12 ms)\n"
                               "[  FAILED  ] 1 test, listed below:\n"
                               "[  FAILED  ] All/B.Fails/x, where GetParam() = \"x\"\n",
                  false));
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.output, "a_test: All/B.Fails/x\n1 cases passed, 1 failed, 0 skipped\n");
}

TEST(CountCases, AParameterMayGoOverSeveralLines) {
  const CommandOutcome outcome = count(program_log(
      "a_test",
      "[ RUN      ] B.Fails/0\n[  FAILED  ] B.Fails/0, where GetParam() = first\nsecond (1 ms)\n"
      "[  FAILED  ] B.Fails/0, where GetParam() = first\nsecond\n",
      false));
  EXPECT_EQ(outcome.output, "a_test: B.Fails/0\n0 cases passed, 1 failed, 0 skipped\n");
}

TEST(CountCases, OutputWithoutAnEndOfLineHidesNothing) {
  const CommandOutcome outcome = count(
      program_log("a_test", "[ RUN      ] A.One\nsays something[       OK ] A.One (0 ms)\n", true));
  EXPECT_EQ(outcome.output, "1 cases passed, 0 failed, 0 skipped\n");
}

TEST(CountCases, ACrashIsTheFailureOfTheCaseThatRan) {
  const CommandOutcome outcome =
      count(program_log("a_test", one_passes + "[ RUN      ] A.Crashes\n", false) +
            program_log("b_test", one_passes, true));
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.output,
            "a_test: A.Crashes (did not end)\n2 cases passed, 1 failed, 0 skipped\n");
}

TEST(CountCases, AProgramThatRanNothingOrFailedAtItsEndHasFailed) {
  const CommandOutcome outcome = count(program_log("a_test", "[  PASSED  ] 0 tests.\n", true) +
                                       program_log("b_test", one_passes, false));
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.output,
            "a_test: ran no case\nb_test: failed outside of its cases\n"
            "1 cases passed, 2 failed, 0 skipped\n");
}

TEST(CountCases, NothingIsNoSuccess) {
  const CommandOutcome outcome = count("");
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.output, "no test ran\n0 cases passed, 1 failed, 0 skipped\n");
}

}  // namespace
}  // namespace daxlab
