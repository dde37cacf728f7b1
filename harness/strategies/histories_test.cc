// Every fault and write strategy gives the model's answers for random histories of one thread, on
// every engine. For several threads: combinations_test.cc.
#include <gtest/gtest.h>

#include "harness/histories/replay.h"
#include "harness/strategies/each_strategy.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

// Of every fault strategy with every write strategy. On the simulator a few: judges_test and
// check_test run the same there, and judge more than the answers.
uint64_t histories_of_each(EngineKind engine) {
  const uint64_t histories_of_all = engine == EngineKind::simulator ? 1000 : 5000;
  return explored_by_each(histories_of_all, fault_variants().size() * write_variants().size());
}

class Histories : public testing::TestWithParam<std::string> {};

void expect_right(const NamedLab& names) {
  SCOPED_TRACE(names.fault + " / " + names.write);
  std::unique_ptr<Lab> lab = make_lab(names);
  uint64_t used_before = lab->files().space_use().used_blocks;
  auto difference = check_histories(lab->files(), first_seed(), histories_of_each(names.engine));
  EXPECT_EQ(difference, std::nullopt) << *difference;
  EXPECT_EQ(lab->failure(), std::nullopt) << *lab->failure();
  SpaceUse use = lab->files().space_use();
  EXPECT_EQ(use.used_blocks, used_before);
  EXPECT_EQ(use.used_blocks + use.free_blocks, use.total_blocks);
}

TEST_P(Histories, OneThreadOnTheMmu) {
  for (const std::string& write : write_variants()) {
    expect_right({.engine = EngineKind::mmu, .fault = GetParam(), .write = write});
  }
}

TEST_P(Histories, OneThreadOnTheSimulator) {
  for (const std::string& write : write_variants()) {
    expect_right({.engine = EngineKind::simulator, .fault = GetParam(), .write = write});
  }
}

INSTANTIATE_TEST_SUITE_P(Strategies, Histories, testing::ValuesIn(fault_variants()), test_name);

TEST(BaselineHistories, OneThread) {
  std::unique_ptr<Lab> lab = make_lab({.engine = EngineKind::baseline});
  auto difference =
      check_histories(lab->files(), first_seed(), histories_of_each(EngineKind::baseline));
  EXPECT_EQ(difference, std::nullopt) << *difference;
}

}  // namespace
}  // namespace daxlab
