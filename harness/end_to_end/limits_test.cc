// Limits of the process, set by the shell that starts the real program: each is named where it is
// met.
#include <gmock/gmock.h>

#include "core/base/sanitized.h"
#include "harness/end_to_end/experiment.h"

namespace daxlab {
namespace {

using testing::HasSubstr;

class Limits : public Experiment {
 protected:
  static ProcessOutcome run_under(const std::string& limit, const std::string& arguments) {
    return RunningProgram::shell("ulimit " + limit + " && exec " DAXLAB_PROGRAM " " + arguments)
        .wait();
  }
};

TEST_F(Limits, OfAddressSpaceAreNamedByTheCellThatMeetsThem) {
  if (sanitized) GTEST_SKIP() << "a sanitizer's shadow takes all address space";
  const std::string config = write("one.yaml", one_cell).string();
  const ProcessOutcome region = run_under("-v 400000", "run " + config + " --set region.size=1GiB");
  EXPECT_EQ(region.exit_status, 1) << region.error;
  EXPECT_THAT(region.out, HasSubstr("mapping 1073741824 bytes: Cannot allocate memory: RLIMIT_AS "
                                    "= 390.6 MiB, "));
  EXPECT_THAT(region.out, HasSubstr("raise it (ulimit -v)"));
  const std::string holes =
      write("holes.yaml",
            "region: {medium: memfd, size: 1MiB}\nfault: native_zero\nwrite: partial\n"
            "alloc: first_fit\nrepetitions: 1\nworkloads: [{name: hole_read, size: 1GiB}]\n")
          .string();
  const ProcessOutcome mapping = run_under("-v 400000", "run " + holes);
  EXPECT_EQ(mapping.exit_status, 1) << mapping.error;
  EXPECT_THAT(mapping.out, HasSubstr("out of memory: RLIMIT_AS = 390.6 MiB, "));
}

TEST_F(Limits, OfFileSizesAreNamedForFilesAndForMemory) {
  const std::string region = (folder_ / "lab.pmem").string();
  const ProcessOutcome made = run_under("-f 1024", "region create " + region + " --size 64MiB");
  EXPECT_EQ(made.exit_status, 1);
  EXPECT_THAT(made.error, HasSubstr(region + ": growing it to 67108864 bytes: File too large: "
                                             "RLIMIT_FSIZE = "));
  EXPECT_THAT(made.error, HasSubstr("raise it (ulimit -f), or ask for less\n"));
  EXPECT_FALSE(std::filesystem::exists(region));
  const std::string config = write("one.yaml", one_cell).string();
  const ProcessOutcome ran = run_under("-f 1024", "run " + config + " --set region.size=64MiB");
  EXPECT_EQ(ran.exit_status, 1) << ran.error;
  EXPECT_THAT(ran.out, HasSubstr("File too large: RLIMIT_FSIZE = "));
}

TEST_F(Limits, AreFindingsOfTheDoctor) {
  const ProcessOutcome outcome = run_under("-f 1024 && ulimit -n 64", "doctor");
  EXPECT_THAT(outcome.out, testing::ContainsRegex("warning  RLIMIT_FSIZE +[0-9.]+ (Ki|Mi)B\n"));
  EXPECT_THAT(outcome.out, testing::ContainsRegex("warning  RLIMIT_NOFILE +64\n"));
  EXPECT_THAT(outcome.out, HasSubstr("ulimit -n 1024"));
}

}  // namespace
}  // namespace daxlab
