// `daxlab run --no-userfaultfd`: the other way of faults, and results that repeat it.
#include <gmock/gmock.h>

#include "harness/end_to_end/campaign_process.h"

namespace daxlab {
namespace {

using testing::HasSubstr;
using testing::Not;

class NoUserfaultfd : public CampaignExperiment {
 protected:
  const std::string yaml_ =
      "region: {size: 4MiB}\npath: /dev/shm\nmatrix: {engine: [mmu, baseline], fault: "
      "[page_zero, {name: global_zero, zero_page: own}]}\n"
      "workloads: [{name: mkwrite, size: 256KiB, mappings: 2}]\n";

  // All cells passed, and those of the mmu engine by SIGSEGV alone.
  static void expect_sigsegv_alone(const Json& results) {
    ASSERT_EQ(results["benchmarks"].size(), 3u);
    int forbidden = 0;
    for (const Json& record : results["benchmarks"].items()) {
      EXPECT_FALSE(record.contains("error_occurred")) << record.dump(2);
      if (record["cell"]["engine"] == "baseline") {
        EXPECT_FALSE(record["cell"].contains("userfaultfd"));
        continue;
      }
      ++forbidden;
      EXPECT_EQ(record["cell"]["userfaultfd"], "forbidden");
      EXPECT_EQ(record["context"]["fault_delivery"], "SIGSEGV alone");
      EXPECT_THAT(record["label"].text(), HasSubstr("fault_delivery=SIGSEGV alone"));
    }
    EXPECT_EQ(forbidden, 2);
  }
};

TEST_F(NoUserfaultfd, FaultsComeBySigsegvAloneAndItIsShown) {
  run(yaml_, {"--no-userfaultfd"});
  EXPECT_EQ(outcome_.exit_status, 0) << outcome_.out << outcome_.error;
  expect_sigsegv_alone(results_);
  EXPECT_THAT(outcome_.out, HasSubstr("alloc first_fit, SIGSEGV alone]"));
}

TEST_F(NoUserfaultfd, AConfigMaySayIt) {
  run(yaml_ + "userfaultfd: forbidden\n");
  expect_sigsegv_alone(results_);
  // A line is more than a config.
  run(yaml_ + "userfaultfd: allowed\n", {"--no-userfaultfd"});
  expect_sigsegv_alone(results_);
}

TEST_F(NoUserfaultfd, ResultsRepeatItAndMayBeToldOtherwise) {
  run(yaml_, {"--no-userfaultfd"});
  const std::filesystem::path again = folder_ / "again.json";
  std::vector<std::string> words = {"run", "--from-result", results_path().string(), "--out",
                                    again.string()};
  ProcessOutcome outcome = run_daxlab(words);
  EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
  expect_sigsegv_alone(json_in(again));

  words.insert(words.end(), {"--set", "userfaultfd=allowed"});
  outcome = run_daxlab(words);
  EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
  for (const Json& record : json_in(again)["benchmarks"].items()) {
    EXPECT_FALSE(record["cell"].contains("userfaultfd")) << record["cell"].dump();
  }
}

TEST_F(NoUserfaultfd, RunsWithAndWithoutItAreNotOneResult) {
  ASSERT_EQ(run_daxlab(run_words(yaml_, {"--no-userfaultfd"})).exit_status, 0);
  const Json before = results_now();
  const ProcessOutcome other = run_daxlab(run_words(yaml_, {"--resume"}));
  EXPECT_EQ(other.exit_status, 2) << other.out;
  EXPECT_THAT(other.error, HasSubstr("was run with another config: userfaultfd is \"forbidden\""));
  EXPECT_EQ(results_now(), before);
  const ProcessOutcome same = run_daxlab(run_words(yaml_, {"--resume", "--no-userfaultfd"}));
  EXPECT_EQ(same.exit_status, 0) << same.error;
  EXPECT_THAT(same.out, HasSubstr("nothing to do\n"));
}

TEST_F(NoUserfaultfd, SoakForbidsItToAllOfItsCellsOrToNone) {
  const auto soak = [&](const std::vector<std::string>& configs) {
    std::vector<std::string> words = {"soak", "--time", "1ms"};
    words.insert(words.end(), configs.begin(), configs.end());
    return run_daxlab(words);
  };
  const std::string without = write("without.yaml",
                                    "region: {size: 4MiB}\nuserfaultfd: forbidden\n"
                                    "workloads: [{name: mkwrite, size: 256KiB}]\n")
                                  .string();
  const std::string with = write("with.yaml",
                                 "region: {size: 4MiB}\n"
                                 "workloads: [{name: hole_read, size: 256KiB}]\n")
                               .string();
  const ProcessOutcome one = soak({without});
  EXPECT_EQ(one.exit_status, 0) << one.error;
  const ProcessOutcome both = soak({without, with});
  EXPECT_EQ(both.exit_status, 2) << both.out;
  EXPECT_THAT(both.error, HasSubstr("but cell mkwrite:size=256KiB/mmu/memfd/global_zero/partial/"
                                    "first_fit/threads:1 forbids userfaultfd and cell hole_read"));
}

}  // namespace
}  // namespace daxlab
