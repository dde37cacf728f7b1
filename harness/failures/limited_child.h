// For tests: a process of its own, in which a limit can be reached without harm to the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "core/base/sanitized.h"

namespace daxlab {

// Runs `body` in a child, which has some memory at hand whatever is forbidden by then; what it says
// is wrong, or how else it ended. Empty: all is well.
std::string in_child(const std::function<std::string()>& body);

// Kernel mappings of the program's own, up to vm.max_map_count but for a few.
class ManyMappings {
 public:
  void fill(uint64_t left);
  // After fill: takes all that is left, or gives some back.
  void take_rest();
  void give_back(uint64_t mappings);
  void free();
  bool full() const { return full_; }

 private:
  std::byte* start_ = nullptr;
  uint64_t page_ = 1;  // the next one that would be two more
  bool full_ = false;
};

}  // namespace daxlab
