// Crash states of runs in which space runs out on the way: what was refused has left nothing behind
// that a recovery could find.
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

#include "harness/check/named_subject_test.h"
#include "harness/check/small_programs.h"
#include "harness/check/trial.h"
#include "harness/histories/random.h"
#include "harness/histories/random_history.h"

namespace daxlab {
namespace {

constexpr uint64_t roomy_bytes = 512 << 10;
constexpr uint64_t program_bytes = 128 << 10;
constexpr CrashPlan few_images{.most_images = 100};

Case without_space(uint64_t seed, std::variant<History, ConcurrentProgram> program) {
  Random random(mix_bits(seed));
  Case shown;
  shown.region_bytes = std::holds_alternative<History>(program) ? roomy_bytes : program_bytes;
  shown.faults.no_space_at = random.between(1, 10);
  shown.faults.no_space_from_then_on = random.percent(30);
  shown.program = std::move(program);
  return shown;
}

TEST(CrashesWithoutSpace, RightStrategiesKeepTheirPromises) {
  const CheckSubject subject = subject_named("global_zero", "partial", "first_fit");
  TrialRunner runner(subject, {});
  uint64_t refused = 0;
  uint64_t states = 0;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    const auto of_one =
        runner.crash(without_space(seed, random_history(seed)), nullptr, few_images);
    ASSERT_TRUE(of_one.ok()) << of_one.error().message;
    EXPECT_FALSE(of_one.value().verdict) << seed << ": " << to_text(*of_one.value().verdict);
    const auto policy = random_policy(seed);
    const auto of_several =
        runner.crash(without_space(seed, small_program(seed)), policy.get(), few_images);
    ASSERT_TRUE(of_several.ok()) << of_several.error().message;
    EXPECT_FALSE(of_several.value().verdict)
        << seed << ": " << to_text(*of_several.value().verdict);
    for (const Event& event : of_several.value().concurrent.events) {
      refused += event.code == ErrorCode::no_space ? 1u : 0u;
    }
    states += of_one.value().crashes.distinct_images + of_several.value().crashes.distinct_images;
  }
  EXPECT_GT(refused, 20u);
  EXPECT_GT(states, 1000u);
}

// Only where space runs out is it wrong, and a crash shows it before the next operation could.
TEST(CrashesWithoutSpace, SizeThatMovesWithAShortWriteIsFound) {
  const CheckSubject subject =
      subject_named("global_zero", "partial_moves_size_when_short", "first_fit");
  TrialRunner runner(subject, {});
  std::optional<Case> shown;
  for (uint64_t seed = 1; seed <= 500 && !shown; ++seed) {
    const Case tried = without_space(seed, random_history(seed));
    const auto trial = runner.crash(tried, nullptr, few_images);
    ASSERT_TRUE(trial.ok()) << trial.error().message;
    if (!trial.value().verdict) continue;
    // What the file shows then is zeros, or what others left in the block.
    const Verdict& verdict = *trial.value().verdict;
    EXPECT_TRUE(verdict.judge == JudgeName::durability || verdict.judge == JudgeName::isolation)
        << to_text(verdict);
    EXPECT_TRUE(trial.value().crash);
    RecordProperty("seen", to_text(verdict));
    shown = tried;
  }
  ASSERT_TRUE(shown);
  shown->faults = {};
  const auto with_space = runner.crash(*shown, nullptr, few_images);
  ASSERT_TRUE(with_space.ok()) << with_space.error().message;
  EXPECT_FALSE(with_space.value().verdict) << to_text(*with_space.value().verdict);
}

}  // namespace
}  // namespace daxlab
