// What goes wrong in a lab because somebody wants to see what comes of it.
#pragma once

#include <cstdint>
#include <vector>

namespace daxlab {

struct InjectedFaults {
  // The n-th allocation since the lab was assembled finds no space (from 1; 0: none), and
  // each one after it, too, if that is asked for.
  uint64_t no_space_at = 0;
  bool no_space_from_then_on = false;
  // Blocks of the region whose memory is lost: whoever touches one gets io_error, or SIGBUS.
  std::vector<uint64_t> poisoned_blocks;
  friend bool operator==(const InjectedFaults&, const InjectedFaults&) = default;
};

}  // namespace daxlab
