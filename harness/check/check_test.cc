// Shipped strategies keep every promise; wrong ones break the one that is expected.
#include "harness/check/check.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/sanitized.h"
#include "harness/check/named_subject_test.h"

namespace daxlab {
namespace {

CheckReport checked(const CheckSubject& subject, const CheckSettings& settings) {
  auto report = check(subject, settings, nullptr);
  EXPECT_TRUE(report.ok()) << report.error().message;
  return report.ok() ? report.take() : CheckReport{};
}

std::string text_of(const CheckReport& report) {
  if (!report.finding) return "nothing found";
  std::string text = to_text(report.finding->verdict);
  for (const std::string& line : report.finding->story) text += "\n  " + line;
  return text;
}

struct Names {
  std::string fault, write, alloc;
  friend void PrintTo(const Names& names, std::ostream* out) {
    *out << names.fault << "/" << names.write << "/" << names.alloc;
  }
};

class Right : public testing::TestWithParam<Names> {};

constexpr uint64_t right_seeds = sanitized ? 20 : 60;

TEST_P(Right, KeepsEveryPromise) {
  const auto& [fault, write, alloc] = GetParam();
  const CheckReport report =
      checked(subject_named(fault, write, alloc),
              {.seeds = right_seeds, .policies = {PolicyName::random, PolicyName::pct}});
  EXPECT_FALSE(report.finding) << text_of(report);
  EXPECT_EQ(report.explored.histories, right_seeds);
  EXPECT_EQ(report.explored.programs, right_seeds);
  EXPECT_EQ(report.explored.interleavings, right_seeds * 2 * 16);
  EXPECT_GT(report.explored.distinct_interleavings, 5 * right_seeds);
  EXPECT_GT(report.explored.distinct_crash_states, 15 * right_seeds);
  RecordProperty("milliseconds", static_cast<int>(report.explored.time.count() / 1'000'000));
}

INSTANTIATE_TEST_SUITE_P(Combinations, Right,
                         testing::Values(Names{"page_zero", "partial", "first_fit"},
                                         Names{"global_zero", "all_or_nothing", "extent_tree"},
                                         Names{"native_zero", "atomic", "per_cpu"},
                                         Names{"alloc_on_read", "partial", "huge_aligned"},
                                         Names{"global_zero:keep_own=1", "atomic", "first_fit"}));

struct Wrong {
  Names names;
  JudgeName judge;
  friend void PrintTo(const Wrong& wrong, std::ostream* out) { PrintTo(wrong.names, out); }
};

class Hazard : public testing::TestWithParam<Wrong> {};

TEST_P(Hazard, IsFoundShrunkAndShownAgain) {
  const auto& [names, judge] = GetParam();
  const CheckSubject subject = subject_named(names.fault, names.write, names.alloc);
  const CheckReport report = checked(subject, {.time = std::chrono::seconds(60)});
  ASSERT_TRUE(report.finding);
  EXPECT_EQ(report.finding->verdict.judge, judge) << text_of(report);
  EXPECT_FALSE(report.finding->story.empty());
  const auto first = replay(subject, report.finding->shown_by);
  const auto second = replay(subject, report.finding->shown_by);
  ASSERT_TRUE(first.ok() && second.ok());
  ASSERT_TRUE(first.value().verdict) << text_of(report);
  EXPECT_EQ(to_text(*first.value().verdict), to_text(report.finding->verdict));
  EXPECT_EQ(first.value().trace, second.value().trace);
  EXPECT_EQ(first.value().story, report.finding->story);
}

INSTANTIATE_TEST_SUITE_P(
    EachKind, Hazard,
    testing::Values(
        Wrong{{"global_zero_without_unmap", "partial", "first_fit"}, JudgeName::coherence},
        Wrong{{"global_zero_without_repair", "partial", "first_fit"}, JudgeName::coherence},
        Wrong{{"global_zero", "partial_with_buffered_fallback", "first_fit"},
              JudgeName::zero_page_cache}));

TEST(Check, OneSeedExploresTheSame) {
  const CheckSubject subject = subject_named("global_zero", "partial", "first_fit");
  const CheckSettings settings{.first_seed = 7, .seeds = 20};
  CheckSettings random_only = settings;
  random_only.policies = {PolicyName::random};
  const Explored first = checked(subject, random_only).explored;
  const Explored second = checked(subject, random_only).explored;
  EXPECT_EQ(first.steps, second.steps);
  EXPECT_EQ(first.distinct_interleavings, second.distinct_interleavings);
  EXPECT_EQ(first.distinct_crash_states, second.distinct_crash_states);
}

}  // namespace
}  // namespace daxlab
