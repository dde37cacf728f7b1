// A lab of the simulator for one run, in memory that the next run uses again.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/call_log.h"
#include "core/base/error_or.h"
#include "core/lab/lab.h"
#include "harness/check/case.h"
#include "harness/check/check.h"
#include "harness/check/pristine_regions.h"

namespace daxlab {

class LabInMemory {
 public:
  // All outlive it; `observer` may be null. One at a time of `regions`. The name of the file that
  // is kept there; empty: none. The error: the region is too small, or a plugin refuses to start.
  static ErrorOr<LabInMemory> make(const CheckSubject& subject, const Case& shown,
                                   PristineRegions& regions, const std::string& kept_name,
                                   CallLog& log, PersistObserver* observer);

  Lab& operator*() const { return *lab_; }
  Lab* operator->() const { return lab_.get(); }
  // What its free blocks held before.
  uint64_t garbage_seed() const { return memory_.garbage_seed; }
  PageRange garbage_blocks() const { return memory_.garbage_blocks; }
  const std::vector<uint64_t>& kept_blocks() const { return memory_.kept_blocks; }

  // Threads that will never go on hold something of it: it is never closed, and its memory not used
  // again.
  void give_up();

 private:
  LabInMemory(PristineRegions& regions, std::string kept_name, PristineRegions::Memory memory,
              std::unique_ptr<Lab> lab)
      : regions_(&regions),
        kept_name_(std::move(kept_name)),
        memory_(std::move(memory)),
        lab_(std::move(lab)) {}

  PristineRegions* regions_;
  std::string kept_name_;
  PristineRegions::Memory memory_;
  std::unique_ptr<Lab> lab_;
};

}  // namespace daxlab
