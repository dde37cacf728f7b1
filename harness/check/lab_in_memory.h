// A lab of the simulator for one run, in memory that the next run uses again.
#pragma once

#include <cstdint>
#include <memory>

#include "core/base/call_log.h"
#include "core/base/error_or.h"
#include "core/lab/lab.h"
#include "harness/check/case.h"
#include "harness/check/check.h"
#include "harness/check/pristine_regions.h"

namespace daxlab {

class LabInMemory {
 public:
  // All outlive it; `observer` may be null. One at a time of `regions`. The error: the region is
  // too small, or a plugin refuses to start.
  static ErrorOr<LabInMemory> make(const CheckSubject& subject, const Case& shown,
                                   PristineRegions& regions, PristineRegions::Files files,
                                   CallLog& log, PersistObserver* observer);

  Lab& operator*() const { return *lab_; }
  Lab* operator->() const { return lab_.get(); }
  // What its free blocks held before.
  uint64_t garbage_seed() const { return memory_.garbage_seed; }
  PageRange garbage_blocks() const { return memory_.garbage_blocks; }

  // Threads that will never go on hold something of it: it is never closed, and its memory not used
  // again.
  void give_up();

 private:
  LabInMemory(PristineRegions& regions, PristineRegions::Files files,
              PristineRegions::Memory memory, std::unique_ptr<Lab> lab)
      : regions_(&regions), files_(files), memory_(memory), lab_(std::move(lab)) {}

  PristineRegions* regions_;
  PristineRegions::Files files_;
  PristineRegions::Memory memory_;
  std::unique_ptr<Lab> lab_;
};

}  // namespace daxlab
