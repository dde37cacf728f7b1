// WRONG: first_fit that takes every block for free when a region is opened, whatever files have.
// State in memory that recovery builds wrong was a large part of the bugs that FlyTrap found (arXiv
// 2204.06066).
#include "plugins/hazards/right_bitmap.h"

namespace {

using namespace daxlab;

class FirstFitForgetsMarks final : public RightBitmap {
 public:
  FirstFitForgetsMarks(Host& host, const OptionValues&) : RightBitmap(host) {}

  Status mark_used(Extent) noexcept override { return {}; }
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(first_fit_forgets_marks, FirstFitForgetsMarks,
                    "wrong: blocks in use at open are taken for free", no_options,
                    PluginFlags::signal_safe);
