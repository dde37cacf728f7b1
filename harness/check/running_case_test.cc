#include "harness/check/running_case.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>

#include "harness/check/case_file.h"
#include "harness/check/case_file_examples.h"
#include "harness/check/named_subject_test.h"
#include "harness/check/trial.h"
#include "harness/histories/random.h"

namespace daxlab {
namespace {

std::string text_of(const Case& shown) {
  CheckFinding finding;
  finding.shown_by = shown;
  return case_text(finding);
}

// As it is read again: config, plugins, choices and crash are noted in other ways.
std::string text_of_what_is_noted(Case shown, const std::vector<uint32_t>& choices) {
  shown.config = "config";
  shown.plugins.clear();
  shown.choices = choices;
  if (shown.crash) shown.crash = CrashMoment{};
  return text_of(shown);
}

TEST(RunningCase, LeavesBehindWhatWasRunning) {
  uint64_t kept = 0;
  for (const auto& [name, finding] : findings_of_each_kind()) {
    const auto running = std::make_unique<RunningCase>();
    running->begin(finding.shown_by, false);
    const auto left = running->left_behind("config");
    if (finding.shown_by.mutation) {
      EXPECT_FALSE(left) << name;
      continue;
    }
    ++kept;
    ASSERT_TRUE(left) << name;
    EXPECT_EQ(text_of(*left), text_of_what_is_noted(finding.shown_by, {})) << name;
  }
  EXPECT_GT(kept, 3u);
}

TEST(RunningCase, IsNoneBeforeAndAfterARun) {
  const auto running = std::make_unique<RunningCase>();
  EXPECT_FALSE(running->left_behind("config"));
  {
    const NotedRun noted(running.get(), small_history_finding().shown_by, true);
    const auto left = running->left_behind("config");
    ASSERT_TRUE(left);
    EXPECT_TRUE(left->crash);
  }
  EXPECT_FALSE(running->left_behind("config"));
}

// What a plugin may have made of that memory.
TEST(RunningCase, BelievesNothingThatItReads) {
  const auto memory = std::make_unique<RunningCase>();
  auto* const words = reinterpret_cast<uint64_t*>(memory.get());
  Random random(1);
  uint64_t refused = 0;
  for (int i = 0; i < 300; ++i) {
    Case shown = small_program_finding().shown_by;
    memory->begin(shown, false);
    for (int changes = 0; changes < 4; ++changes) {
      words[random.between(0, 200)] = random.percent(50) ? random.between(0, 9) : random.next();
    }
    refused += memory->left_behind("config").has_value() ? 0 : 1;
    memory->end();
  }
  EXPECT_GT(refused, 100u);
}

// The run that was noted is the same run again, choice by choice.
TEST(RunningCase, KeepsTheChoicesOfATrial) {
  const auto running = std::make_unique<RunningCase>();
  CheckSubject subject = subject_named("page_zero", "partial", "first_fit");
  subject.running = running.get();
  Case shown = small_program_finding().shown_by;
  shown.mutation.reset();
  shown.crash.reset();
  shown.choices.clear();
  // Looks at what is noted at each choice.
  class Looking final : public SchedulePolicy {
   public:
    explicit Looking(const RunningCase& running) : running_(running) {}
    uint32_t choose(const Turn& turn) override {
      left = running_.left_behind("config");
      return turn.ready.back();
    }
    std::optional<Case> left;

   private:
    const RunningCase& running_;
  } policy(*running);
  TrialRunner runner(subject, {});
  const auto trial = runner.run(shown, &policy);
  ASSERT_TRUE(trial.ok());
  ASSERT_TRUE(policy.left);
  auto choices = trial.value().choices;
  ASSERT_GT(choices.size(), 3u);
  choices.pop_back();  // the one that it was asked for
  EXPECT_EQ(policy.left->choices, choices);
  EXPECT_FALSE(running->left_behind("config"));
}

}  // namespace
}  // namespace daxlab
