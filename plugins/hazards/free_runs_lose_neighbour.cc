// WRONG: a list of free runs that, when a freed run closes the gap before another one, takes that
// one out of the list and forgets to add its blocks: a leak at coalescing.
#include "plugins/hazards/right_free_runs.h"

namespace {

using namespace daxlab;

class FreeRunsLoseNeighbour final : public FreeRuns {
 public:
  FreeRunsLoseNeighbour(Host& host, const OptionValues&) : FreeRuns(host) {}

 private:
  Extent merged_with(uint64_t right, Extent extent) override {
    remove(right);
    return extent;
  }
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(free_runs_lose_neighbour, FreeRunsLoseNeighbour,
                    "wrong: merging two free runs loses one", no_options, PluginFlags::signal_safe);
