// Histories that begin with a file of which pages are lost: only what comes to those may fail.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "harness/check/named_subject_test.h"
#include "harness/check/story.h"
#include "harness/check/trial.h"
#include "harness/histories/random_history.h"

namespace daxlab {
namespace {

constexpr uint64_t histories_of_all = 1980;  // of every fault strategy with every write strategy

constexpr uint64_t region_bytes = 96 << 10;

Case case_of(TrialRunner& runner, uint64_t lost_page, History history) {
  Case shown;
  shown.region_bytes = region_bytes;
  shown.faults.poisoned_blocks = {runner.kept_blocks(region_bytes).take()[lost_page]};
  shown.program = std::move(history);
  return shown;
}

struct Answers {
  uint64_t lost = 0;   // input/output errors
  uint64_t moved = 0;  // operations that came to a lost page and did not fail
};

Answers answers_of(const SequentialEvidence& evidence) {
  Answers answers;
  for (const AnsweredOp& op : evidence.ops) {
    if (op.seen.code == ErrorCode::io_error) ++answers.lost;
    if (op.met_lost_page && op.seen.code == ErrorCode::ok) ++answers.moved;
  }
  return answers;
}

class LostPages : public testing::TestWithParam<std::string> {};

TEST_P(LostPages, FailWhatComesToThemAndNothingElse) {
  Answers answers;
  const uint64_t histories =
      explored_by_each(histories_of_all, fault_variants().size() * write_variants().size());
  for (const std::string& write : write_variants()) {
    const CheckSubject subject = subject_named(GetParam(), write, "first_fit");
    TrialRunner runner(subject, {});
    for (uint64_t seed = first_seed(); seed < first_seed() + histories; ++seed) {
      History history = random_history(seed);
      history.ops.front().kind = OpKind::open;
      auto trial = runner.run(case_of(runner, seed % 3, history), nullptr);
      ASSERT_TRUE(trial.ok()) << trial.error().message;
      ASSERT_FALSE(trial.value().verdict)
          << subject.name << ", seed " << seed << ": " << to_text(*trial.value().verdict);
      const Answers more = answers_of(trial.value().sequential);
      answers.lost += more.lost;
      answers.moved += more.moved;
    }
  }
  // The test is of little worth where nothing comes to them.
  EXPECT_GT(answers.lost, histories);
  EXPECT_GT(answers.moved, 0u);
}

std::string name_of_parameter(const testing::TestParamInfo<std::string>& info) {
  return in_test_name(info.param);
}

INSTANTIATE_TEST_SUITE_P(All, LostPages, testing::ValuesIn(fault_variants()), name_of_parameter);

TEST(LostPage, IsThereAgainWhenItWasPunched) {
  const CheckSubject subject = subject_named("global_zero", "partial", "first_fit");
  TrialRunner runner(subject, {});
  const Op open{OpKind::open, 0, 0, 0, 0, 0};
  const Op read{OpKind::read, 0, 0, page_bytes + 8, 16, 0};
  const Op near{OpKind::read, 0, 0, 0, page_bytes, 0};
  const Op punch{OpKind::punch, 0, 0, page_bytes, page_bytes, 0};
  const Case shown = case_of(runner, 1, {.seed = 1, .ops = {open, near, read, punch, read}});
  const Trial trial = runner.run(shown, nullptr).take();
  ASSERT_FALSE(trial.verdict) << to_text(*trial.verdict);
  const std::vector<AnsweredOp>& ops = trial.sequential.ops;
  ASSERT_EQ(ops.size(), 5u);
  EXPECT_EQ(ops[1].seen.bytes, written_bytes(PristineRegions::kept_value, page_bytes));
  EXPECT_EQ(ops[2].seen.code, ErrorCode::io_error);
  EXPECT_EQ(ops[4].seen.bytes, std::vector<std::byte>(16));
  EXPECT_EQ(story_of(shown, trial)[1], "f0 is there, of 3 pages; lost: page 1");
}

TEST(LostPage, IsNotTouchedByThePrefaultOfBytesBeforeIt) {
  const CheckSubject subject = subject_named("page_zero", "partial", "first_fit");
  TrialRunner runner(subject, {});
  const Op open{OpKind::open, 0, 0, 0, 0, 0};
  const Op map{OpKind::map, 0, 0, 0, 3 * page_bytes, 0};
  const Op before{OpKind::prefault, 0, 0, 2 * page_bytes - 7, 3, 0};
  const Op across{OpKind::prefault, 0, 0, 2 * page_bytes - 7, 8, 0};
  const Trial trial =
      runner.run(case_of(runner, 2, {.seed = 1, .ops = {open, map, before, across}}), nullptr)
          .take();
  ASSERT_FALSE(trial.verdict) << to_text(*trial.verdict);
  const std::vector<AnsweredOp>& ops = trial.sequential.ops;
  ASSERT_EQ(ops.size(), 4u);
  EXPECT_EQ(ops[2].seen.code, ErrorCode::ok);
  EXPECT_EQ(ops[3].seen.code, ErrorCode::io_error);
}

TEST(LostPage, IsTheOnlyOneOfAnEvidence) {
  const CheckSubject subject = subject_named("global_zero", "partial", "first_fit");
  TrialRunner runner(subject, {});
  Case shown = case_of(runner, 1, {.seed = 1, .ops = {}});
  shown.faults.poisoned_blocks.front() += 1;  // nobody's
  const Trial trial = runner.run(shown, nullptr).take();
  ASSERT_TRUE(trial.sequential.file_before);
  EXPECT_TRUE(trial.sequential.file_before->lost_pages.empty());
  EXPECT_EQ(trial.sequential.before.space->bad_blocks, 1u);
}

}  // namespace
}  // namespace daxlab
