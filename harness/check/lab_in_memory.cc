#include "harness/check/lab_in_memory.h"

#include <fmt/format.h>

#include <utility>

#include "harness/check/keep_for_ever.h"

namespace daxlab {
namespace {

Error no_lab(uint64_t region_bytes, const Error& error) {
  return {fmt::format(
      "{}\nThis was on a region of {} KiB. check makes its own, of {} KiB to {} KiB, so that space "
      "runs out, and region.size of a config changes nothing about that. A plugin has to start on "
      "each: where it has no use for so little, it says that there is no space when it is asked",
      error.message, region_bytes >> 10, smallest_checked_region_bytes >> 10,
      largest_checked_region_bytes >> 10)};
}

}  // namespace

ErrorOr<LabInMemory> LabInMemory::make(const CheckSubject& subject, const Case& shown,
                                       PristineRegions& regions, const std::string& kept_name,
                                       CallLog& log, PersistObserver* observer) {
  auto memory = regions.take(shown.region_bytes, kept_name);
  if (!memory.ok()) return memory.error();
  LabSpec spec;
  spec.engine = EngineKind::simulator;
  spec.memory = memory.value().bytes;
  spec.keep_memory = true;
  spec.fault = subject.fault;
  spec.write = subject.write;
  spec.alloc = subject.alloc;
  spec.observer = observer;
  spec.faults = shown.faults;
  spec.max_kernel_mappings = shown.max_kernel_mappings;
  auto lab = Lab::assemble(spec, log);
  if (!lab.ok()) {
    return no_lab(shown.region_bytes, lab.error());
  }
  return LabInMemory(regions, kept_name, memory.take(), lab.take());
}

void LabInMemory::give_up() {
  regions_->give_up(memory_.bytes.size(), kept_name_);
  keep_for_ever(std::move(lab_));
}

}  // namespace daxlab
