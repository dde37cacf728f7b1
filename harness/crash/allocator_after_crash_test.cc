// What recovery says is in use, told to a shipped allocator, leaves it all the rest and nothing
// else.
#include <gtest/gtest.h>

#include "core/alloc/block_allocator.h"
#include "core/base/sanitized.h"
#include "core/lab/strategy_instance.h"
#include "core/recovery/recovery.h"
#include "core/registry/registry.h"
#include "harness/crash/crash_image.h"
#include "harness/crash/crash_runs_test.h"

namespace daxlab {
namespace {

constexpr uint64_t crashed_histories = sanitized ? 4 : 10;
constexpr uint64_t fences_between = 7;

class AllocatorAfterCrash : public testing::TestWithParam<std::string> {
 protected:
  using Instance = StrategyInstance<AllocPlugin, Allocator>;

  std::unique_ptr<Instance> first_fit() {
    Registry registry(SearchPath{.folders = {DAXLAB_PLUGIN_FOLDER}, .allow_writable = true});
    auto description = registry.find(PluginKind::alloc, "first_fit");
    EXPECT_TRUE(description.ok()) << description.error().message;
    StrategySpec spec{LoadedPlugin::load(description.value(), calls_).take(), {}};
    return Instance::create(spec, *spec.plugin.alloc(), PluginCallback::alloc_create, calls_)
        .take();
  }

  // Opens the region in `image`, then takes every block that is free.
  void expect_used_and_free_to_be_all(std::span<std::byte> image) {
    auto region = Region::attach(Medium::over(image), counters_).take();
    const Recovery recovery = recover(*region).take();
    auto plugin = first_fit();
    auto opened = BlockAllocator::open(plugin->strategy(), true, *region, recovery.used, counters_,
                                       calls_, failures_);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    uint64_t used = 0;
    for (Extent extent : recovery.used) used += extent.blocks;
    const uint64_t free = opened.value()->free_blocks();
    EXPECT_EQ(used + free, region->data_blocks());
    uint64_t taken = 0;
    while (opened.value()->allocate(0, 1, 1).ok()) ++taken;
    EXPECT_EQ(taken, free);
    EXPECT_EQ(failures_.message(), std::nullopt);
  }

  Counters counters_;
  CallLog calls_;
  FailureLog failures_;
};

TEST_P(AllocatorAfterCrash, HasTheRest) {
  uint64_t fences = 0;
  for (uint64_t seed = first_seed(); seed < first_seed() + crashed_histories; ++seed) {
    const RecordedHistory recorded = record_seed(seed, GetParam(), tight_bytes);
    CrashImages images(recorded.before);
    for (const PersistEvent& event : recorded.trace.events) {
      if (event.kind == EventKind::fence && ++fences % fences_between == 0) {
        images.drop_open_lines();
        const LineMemory copy(images.image());
        expect_used_and_free_to_be_all(copy.bytes());
      }
      images.apply(recorded.trace, event);
    }
  }
  EXPECT_GT(fences, fences_between);
}

INSTANTIATE_TEST_SUITE_P(Strategies, AllocatorAfterCrash, testing::ValuesIn(write_variants()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace daxlab
