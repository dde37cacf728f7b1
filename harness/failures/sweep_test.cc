// Each call of core and engine to the kernel is made to fail in turn: with every error that it can
// give, alone; from then on all of them; and two at a time.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "harness/failures/failing_run.h"
#include "harness/histories/random.h"
#include "harness/histories/random_history.h"
#include "harness/strategies/each_strategy.h"

namespace daxlab {
namespace {

// The label of strategies, and whether userfaultfd is forbidden.
using SweepRow = std::tuple<std::string, bool>;

// How faults are delivered is the concern of fault strategies. A write strategy meets it where one
// block takes another's place in a mapping.
std::vector<SweepRow> sweep_rows() {
  std::vector<SweepRow> rows;
  for (const bool forbidden : {false, true}) {
    for (const std::string& fault : fault_variants()) rows.emplace_back(fault, forbidden);
  }
  rows.emplace_back("global_zero/atomic", true);
  for (const std::string write : {"/atomic", "/all_or_nothing"}) {
    for (const char* fault : {"page_zero", "global_zero", "native_zero"}) {
      rows.emplace_back(fault + write, false);
    }
  }
  return rows;
}

class Sweep : public testing::TestWithParam<SweepRow> {
 protected:
  static NamedLab named() {
    NamedLab names = lab_of(std::get<0>(GetParam()));
    names.region_bytes = uint64_t{512} << 10;
    return names;
  }
  static bool forbidden() { return std::get<1>(GetParam()); }

  // False: the promise was broken, and the plan is printed.
  bool kept(const History& history, FailurePlan plan) {
    plan.userfaultfd_forbidden = forbidden();
    last_ = run_with_failures(spec_, history, plan);
    ++runs_;
    failed_ += last_.calls.failed;
    refused_ += last_.refused;
    given_up_ += last_.given_up ? 1 : 0;
    not_assembled_ += last_.not_assembled ? 1 : 0;
    for (size_t kind = 0; kind < failed_of_.size(); ++kind) {
      failed_of_[kind] += last_.calls.failed_of[kind];
    }
    EXPECT_EQ(last_.broken, std::nullopt)
        << *last_.broken << "\n  first " << plan.first << ", second " << plan.second
        << (plan.all_from_first ? ", all from there on" : "") << ", choice " << plan.choice
        << ", seed " << history.seed << "; the last that failed: " << last_.calls.last_failed();
    return !last_.broken;
  }

  uint64_t calls_without_failure(const History& history) {
    EXPECT_TRUE(kept(history, {}));
    EXPECT_EQ(last_.given_up, std::nullopt) << *last_.given_up;
    return last_.calls.calls;
  }

  void TearDown() override {
    std::string kinds;
    for (size_t kind = 0; kind < failed_of_.size(); ++kind) {
      if (failed_of_[kind] == 0) continue;
      kinds += fmt::format(" {} {}", name_of(static_cast<CallKind>(kind)), failed_of_[kind]);
    }
    std::printf("%s\n",
                fmt::format("{} runs, {} calls failed ({} ): {} operations refused, {} labs "
                            "not assembled, {} given up with a message; promise {}",
                            runs_, failed_, kinds, refused_, not_assembled_, given_up_,
                            HasFailure() ? "BROKEN" : "kept")
                    .c_str());
  }

  LabSpec spec_ = spec_of(named());
  RunVerdict last_;
  uint64_t runs_ = 0, failed_ = 0, refused_ = 0, given_up_ = 0, not_assembled_ = 0;
  std::array<uint64_t, static_cast<size_t>(CallKind::count)> failed_of_{};
};

// One refusal never ends a run: there is a way around it, or the call says so.
TEST_P(Sweep, EachCallAlone) {
  const History history = history_of_every_operation();
  const uint64_t calls = calls_without_failure(history);
  for (uint64_t number = 1; number <= calls + 1; ++number) {
    uint64_t choices = 1;
    for (uint32_t choice = 0; choice < choices; ++choice) {
      if (!kept(history, {.first = number, .choice = choice})) return;
      ASSERT_EQ(last_.given_up, std::nullopt)
          << *last_.given_up << "; " << last_.calls.last_failed();
      choices = last_.calls.choices;
    }
  }
  EXPECT_EQ(last_.calls.failed, 0u) << "calls beyond the last one: " << last_.calls.last_failed();
  EXPECT_GE(failed_, calls);
}

TEST_P(Sweep, AllFromOneOn) {
  const History history = history_of_every_operation();
  const uint64_t calls = calls_without_failure(history);
  // Other ones with another seed.
  const uint64_t runs = explored_by_each(1160, sweep_rows().size());
  const uint64_t step = std::max<uint64_t>(calls / runs, 1);
  for (uint64_t number = 1 + first_seed() % step; number <= calls; number += step) {
    const auto choice = static_cast<uint32_t>(number / step % 4);
    if (!kept(history, {.first = number, .all_from_first = true, .choice = choice})) return;
  }
}

TEST_P(Sweep, PairsInRandomHistories) {
  const uint64_t histories = explored_by_each(87, sweep_rows().size());
  constexpr uint64_t pairs = 25;
  for (uint64_t seed = first_seed(); seed < first_seed() + histories; ++seed) {
    const History history = random_history(seed);
    const uint64_t calls = calls_without_failure(history);
    Random random(seed);
    for (uint64_t pair = 0; pair < pairs; ++pair) {
      const uint64_t first = random.between(1, calls);
      const uint64_t second =
          random.percent(50) ? first + random.between(1, 4) : random.between(1, calls);
      if (!kept(history, {.first = first,
                          .second = second,
                          .choice = static_cast<uint32_t>(random.below(6))})) {
        return;
      }
    }
  }
}

std::string name_of_sweep_case(const testing::TestParamInfo<Sweep::ParamType>& info) {
  return test_name({std::get<0>(info.param), 0}) +
         (std::get<1>(info.param) ? "_without_userfaultfd" : "");
}

INSTANTIATE_TEST_SUITE_P(Strategies, Sweep, testing::ValuesIn(sweep_rows()), name_of_sweep_case);

// Beside the sweep, for histories do not ask where blocks lie.
TEST(WithoutMemory, ExtentsSayThatAndLetTheFileGoOn) {
  auto lab = make_lab({.fault = "global_zero", .region_bytes = uint64_t{1} << 20});
  auto file = lab->files().create("file").take();
  ASSERT_TRUE(file->truncate(40 * page_bytes).ok());
  for (uint64_t page = 0; page < 40; page += 2)
    ASSERT_TRUE(file->preallocate({page * page_bytes, page_bytes}).ok());
  uint64_t failed = 0;
  for (uint64_t number = 1;; ++number) {
    start({.first = number});
    Result<std::vector<FileExtent>> extents = ErrorCode::io_error;
    {
      Armed now;
      extents = file->extents();
    }
    const bool met_failure = calls_so_far().failed > 0;
    start({});
    if (!met_failure) {
      ASSERT_TRUE(extents.ok());
      EXPECT_EQ(extents.value().size(), 20u);
      break;
    }
    ++failed;
    ASSERT_EQ(extents.code(), ErrorCode::no_memory);
    ASSERT_TRUE(file->punch({page_bytes, page_bytes}).ok());
  }
  EXPECT_GT(failed, 1u);
}

}  // namespace
}  // namespace daxlab
