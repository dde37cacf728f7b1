// Right, but for the one promise that its option names.
#include <atomic>
#include <cstdlib>

#include "daxlab/fault.h"
#include "daxlab/fault_steps.h"

namespace {

using namespace daxlab;

enum Flaw : uint64_t {
  none,
  bus_error_at_holes,
  gives_up_after_no_space,
  leaves_zeros_for_writes,
  keeps_memory,
  mallocs_in_a_fault,
  keeps_its_lock,
};

constexpr Option options[] = {choice_option(
    "flaw",
    "none|bus_error_at_holes|gives_up_after_no_space|leaves_zeros_for_writes|keeps_memory|"
    "mallocs_in_a_fault|keeps_its_lock",
    0, "which promise it breaks")};

class WrongFault final : public FaultStrategy {
 public:
  WrongFault(Host& host, const OptionValues& values) : host_(host), flaw_(values[0]) {
    if (flaw_ == keeps_memory) kept_ = std::malloc(100);
  }

  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }

  FaultResult fault(const Fault& fault, FaultOps& ops) noexcept override {
    if (fault.write) return store(fault, ops);
    Extent extent = ops.find_block({fault.pgoff, 1});
    if (extent.blocks == 0) return FaultResult::no_page;
    if (!extent.is_hole()) return inserted(ops.insert_block(fault.address, extent, false));
    if (flaw_ == bus_error_at_holes) return FaultResult::sigbus;
    return inserted(ops.insert_page(fault.address, ops.kernel_zero_page(), 1));
  }
  FaultResult page_mkwrite(const Fault& fault, FaultOps& ops) noexcept override {
    Fault repaired = fault;
    repaired.pgoff = fault.mapping_pgoff + (fault.address - fault.mapping_start) / page_bytes;
    return store(repaired, ops);
  }
  void before_fill(PageRange range, FaultOps& ops) noexcept override {
    if (flaw_ != leaves_zeros_for_writes) ops.unmap_mapping_range(range);
  }
  void after_punch(PageRange, FaultOps&) noexcept override {}

 private:
  FaultResult store(const Fault& fault, FaultOps& ops) {
    if (flaw_ == mallocs_in_a_fault) {
      uint64_t* volatile kept = new uint64_t(fault.pgoff);
      delete kept;
    }
    if (flaw_ == keeps_its_lock) host_.lock(lock_);
    if (was_full_.load()) return FaultResult::sigbus;
    const FaultResult result = store_where_nothing_is_mapped(fault, ops);
    if (result == FaultResult::sigbus && flaw_ == gives_up_after_no_space) was_full_.store(true);
    return result;
  }

  Host& host_;
  uint64_t flaw_;
  uint32_t lock_ = 0;
  std::atomic<bool> was_full_ = false;
  [[maybe_unused]] void* kept_ = nullptr;
};

}  // namespace

DAXLAB_FAULT_PLUGIN(wrong_fault, WrongFault, "wrong in the way that its option names", options);
