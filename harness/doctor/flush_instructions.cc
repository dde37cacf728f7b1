// Instructions that write a cache line back to memory.
#include <cpuid.h>

#include "harness/doctor/examine.h"

namespace daxlab {

FlushInstructions probe_flush_instructions() {
  FlushInstructions available;
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0) available.clflush = (edx & (1u << 19)) != 0;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0) {
    available.clflushopt = (ebx & (1u << 23)) != 0;
    available.clwb = (ebx & (1u << 24)) != 0;
  }
  return available;
}

MachineFinding examine_flush_instructions(const FlushInstructions& available) {
  MachineFinding finding{.name = "flush instructions", .needed_by_mmu = true};
  const auto add = [&finding](const char* name) {
    if (!finding.found.empty()) finding.found += ' ';
    finding.found += name;
  };
  if (available.clwb) add("clwb");
  if (available.clflushopt) add("clflushopt");
  if (available.clflush) add("clflush");
  if (finding.found.empty()) {
    finding.state = FindingState::missing;
    finding.found = "none";
    finding.what_to_do = "needs an x86-64 processor with at least CLFLUSH";
  } else if (!available.clwb && !available.clflushopt) {
    finding.state = FindingState::warning;
    finding.what_to_do =
        "CLFLUSH waits for each line and evicts it: expect slow persists; a virtual "
        "machine may be given the host's CPU model";
  } else if (!available.clwb) {
    finding.state = FindingState::warning;
    finding.what_to_do =
        "without CLWB a flushed line leaves the cache, and is read again from memory";
  }
  return finding;
}

}  // namespace daxlab
