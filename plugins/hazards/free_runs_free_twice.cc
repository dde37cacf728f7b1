// WRONG: a list of free runs that, when a freed run is merged with the one behind it, leaves that
// one in the list as well: its blocks are free twice, and handed out twice. Blocks freed twice were
// a bug of ext4 (Linux commits 94d7c16cbbbd and cfb3c85a600c), and NOVA met blocks that were in its
// free list already (NVSL/linux-nova, issue 110).
#include "plugins/hazards/right_free_runs.h"

namespace {

using namespace daxlab;

class FreeRunsFreeTwice final : public FreeRuns {
 public:
  FreeRunsFreeTwice(Host& host, const OptionValues&) : FreeRuns(host) {}

 private:
  Extent merged_with(uint64_t right, Extent extent) override {
    extent.blocks += runs_[right].blocks;
    return extent;
  }
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(free_runs_free_twice, FreeRunsFreeTwice,
                    "wrong: merging two free runs lists one twice", no_options,
                    PluginFlags::signal_safe);
