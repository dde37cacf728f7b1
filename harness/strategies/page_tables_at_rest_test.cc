// After every operation of random histories, the simulator's page tables show what the core
// believes that they do: nothing stale, nothing missing.
#include <gtest/gtest.h>

#include "harness/histories/random_history.h"
#include "harness/histories/replay.h"
#include "harness/strategies/each_strategy.h"

namespace daxlab {
namespace {

constexpr uint64_t watched_histories = 900;

class PageTablesAtRest : public testing::TestWithParam<std::string> {};

TEST_P(PageTablesAtRest, ShowWhatTheCoreBelieves) {
  NamedLab names = lab_of(GetParam());
  names.engine = EngineKind::simulator;
  std::unique_ptr<Lab> lab = make_lab(names);
  const uint64_t histories = explored_by_each(watched_histories, 2 * fault_variants().size());
  for (uint64_t seed = first_seed(); seed < first_seed() + histories; ++seed) {
    SCOPED_TRACE(seed);
    Replay replay(lab->files());
    const History history = random_history(seed);
    for (const Op& op : history.ops) {
      replay.apply(op);
      const std::optional<std::string> difference = lab->page_table_difference();
      ASSERT_EQ(difference, std::nullopt) << *difference;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(InPlace, PageTablesAtRest, testing::ValuesIn(fault_variants()), test_name);
INSTANTIATE_TEST_SUITE_P(Copies, PageTablesAtRest, testing::ValuesIn(fault_variants_with("atomic")),
                         test_name);

}  // namespace
}  // namespace daxlab
