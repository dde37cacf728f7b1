// No judge accuses a strategy that is right: random histories on every shipped one, with much space
// and with little, and with allocations that fail.
#include <gtest/gtest.h>

#include "harness/histories/random_history.h"
#include "harness/judges/gather.h"
#include "harness/judges/judge_all.h"
#include "harness/judges/parity.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

constexpr uint64_t judged_histories =
    1980;  // of every fault and write strategy in four sizes of a region

struct Answers {
  uint64_t failed = 0;  // found no space
  uint64_t shorter = 0;
};

Answers answers_of(const SequentialEvidence& evidence) {
  Answers answers;
  for (const AnsweredOp& op : evidence.ops) {
    if (op.seen.code == ErrorCode::no_space) ++answers.failed;
    const bool is_write = op.op.kind == OpKind::write;
    if (is_write && op.seen.code == ErrorCode::ok && op.seen.count_bytes < op.op.length_bytes) {
      ++answers.shorter;
    }
  }
  return answers;
}

// Judged, and expected to be right.
Answers run_history(Lab& lab, const NamedLab& names, uint64_t seed,
                    const InjectedFaults& faults = {}) {
  const History history = random_history(seed);
  const SequentialEvidence evidence = gather(lab, history,
                                             {.all_or_nothing = names.write != "partial",
                                              .atomic_writes = names.write == "atomic",
                                              .faults = faults});
  const auto verdict = judge_all(evidence);
  EXPECT_FALSE(verdict) << names.fault << " / " << names.write << " / " << names.alloc << ", "
                        << names.region_bytes << " bytes: " << to_text(*verdict) << "\n"
                        << to_text(history);
  EXPECT_EQ(evidence.at_end.empty(), false);
  return answers_of(evidence);
}

class ShippedStrategies : public testing::TestWithParam<std::string> {};

TEST_P(ShippedStrategies, AreAccusedOfNothing) {
  static const std::vector<std::string> allocators{"first_fit", "extent_tree", "huge_aligned",
                                                   "per_cpu"};
  Answers in_small;
  const uint64_t histories =
      explored_by_each(judged_histories, fault_variants().size() * write_variants().size() * 4);
  for (const std::string& write : write_variants()) {
    for (const uint64_t kib : {16384u, 64u, 68u, 76u}) {
      NamedLab names{.engine = EngineKind::simulator,
                     .fault = GetParam(),
                     .write = write,
                     .alloc = allocators[kib / 4 % allocators.size()],
                     .region_bytes = kib << 10};
      auto lab = make_lab(names);
      for (uint64_t seed = first_seed(); seed < first_seed() + histories; ++seed) {
        const Answers answers = run_history(*lab, names, seed);
        if (testing::Test::HasFailure()) return;
        if (kib == 16384) {
          EXPECT_EQ(answers.failed + answers.shorter, 0u);
        } else {
          in_small.failed += answers.failed;
          in_small.shorter += answers.shorter;
        }
      }
    }
  }
  // The test is of little worth where space does not run out.
  EXPECT_GT(in_small.failed, histories);
  EXPECT_GT(in_small.shorter, histories / 4);
}

std::string name_of_parameter(const testing::TestParamInfo<std::string>& info) {
  return in_test_name(info.param);
}

INSTANTIATE_TEST_SUITE_P(Judges, ShippedStrategies, testing::ValuesIn(fault_variants()),
                         name_of_parameter);

}  // namespace
}  // namespace daxlab
