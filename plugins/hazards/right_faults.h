// Fault strategies as they should be, in their simplest form. The wrong ones here differ from them
// in one thing, so that what is found is that.
#pragma once

#include <cstdint>

#include "daxlab/fault.h"
#include "daxlab/fault_steps.h"

namespace daxlab {

// global_zero: one zero page for all holes.
class OneZeroPage : public FaultStrategy {
 public:
  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }

  FaultResult fault(const Fault& fault, FaultOps& ops) noexcept override {
    return fault.write ? store(fault, ops) : load(fault, ops);
  }
  FaultResult page_mkwrite(const Fault& fault, FaultOps& ops) noexcept override {
    Fault repaired = fault;
    repaired.pgoff = fault.mapping_pgoff + (fault.address - fault.mapping_start) / page_bytes;
    return store(repaired, ops);
  }
  void before_fill(PageRange range, FaultOps& ops) noexcept override {
    ops.unmap_mapping_range(range);
  }
  void after_punch(PageRange, FaultOps&) noexcept override {}

 protected:
  ~OneZeroPage() = default;

  virtual FaultResult load(const Fault& fault, FaultOps& ops) noexcept {
    const Extent extent = ops.find_block({fault.pgoff, 1});
    if (extent.blocks == 0) return FaultResult::no_page;
    if (extent.is_hole()) return load_hole(fault, ops);
    return inserted(ops.insert_block(fault.address, extent, false));
  }
  virtual FaultResult load_hole(const Fault& fault, FaultOps& ops) noexcept {
    return inserted(ops.insert_page(fault.address, ops.kernel_zero_page(), 1));
  }
  virtual FaultResult store(const Fault& fault, FaultOps& ops) noexcept {
    return store_where_nothing_is_mapped(fault, ops);
  }
};

// page_zero: a cached page for each hole.
class PageForEachHole : public OneZeroPage {
 public:
  HoleBacking hole_backing() const noexcept override { return HoleBacking::page_cache; }
  void before_fill(PageRange range, FaultOps& ops) noexcept override { ops.remove_pages(range); }

 protected:
  ~PageForEachHole() = default;

  FaultResult load_hole(const Fault& fault, FaultOps& ops) noexcept override {
    Page* const page = ops.find_or_create_page(fault.pgoff);
    return page == nullptr ? FaultResult::oom : inserted(ops.insert_page(fault.address, page, 1));
  }
};

}  // namespace daxlab
