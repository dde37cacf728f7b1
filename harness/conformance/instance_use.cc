#include "harness/conformance/instance_use.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>

#include "harness/endurance/process_use.h"

// Sanitizers have a heap of their own, and tell of it by this function.
extern "C" size_t __sanitizer_get_current_allocated_bytes() __attribute__((weak));

namespace daxlab {
namespace {

constexpr uint64_t first_cycles = 8;
constexpr uint64_t windows = 8;
constexpr uint64_t cycles = 24;  // of a window

std::string in_cycles(uint64_t grown, const char* what) {
  return fmt::format("after {} more instances, {} more {}", cycles, grown, what);
}

uint64_t heap_bytes_in_use() {
  if (&__sanitizer_get_current_allocated_bytes != nullptr) {
    return __sanitizer_get_current_allocated_bytes();
  }
  return mallinfo2().uordblks;
}

uint64_t growth(uint64_t begin, uint64_t end) { return end > begin ? end - begin : 0; }

// What grows by one and more a cycle; less is somebody's who keeps a thing once.
std::optional<std::string> left_behind(const ProcessUse& begin, const ProcessUse& end) {
  if (const uint64_t more = growth(begin.descriptors, end.descriptors)) {
    return in_cycles(more, "open descriptors");
  }
  if (const uint64_t more = growth(begin.kernel_mappings, end.kernel_mappings); more >= cycles) {
    return in_cycles(more, "kernel mappings");
  }
  // A sanitizer keeps freed memory for a while; its heap is asked for itself.
  if (&__sanitizer_get_current_allocated_bytes != nullptr) return std::nullopt;
  return growth_between(begin, end);
}

// Descriptors, mappings and large memory of one window; the growth of the heap goes to the caller,
// for freed pieces that the heap keeps at hand count as in use, and come and go.
std::optional<Finding> check_window(const std::function<std::optional<Finding>()>& cycle,
                                    uint64_t& heap_growth_bytes) {
  const auto begin = measure_this_process();
  const uint64_t heap_begin = heap_bytes_in_use();
  for (uint64_t i = 0; i < cycles; ++i) {
    if (auto finding = cycle()) return finding;
  }
  heap_growth_bytes = growth(heap_begin, heap_bytes_in_use());
  const auto end = measure_this_process();
  if (!begin.ok() || !end.ok()) {
    const Error& error = begin.ok() ? end.error() : begin.error();
    return Finding{"this process can be measured", error.message, {}};
  }
  if (const auto left = left_behind(begin.value(), end.value())) {
    return Finding{"as much in use as before", *left, {"create, use, destroy: again and again"}};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Finding> check_use_of_cycles(const std::function<std::optional<Finding>()>& cycle) {
  for (uint64_t i = 0; i < first_cycles; ++i) {
    if (auto finding = cycle()) return finding;
  }
  uint64_t least_growth_bytes = UINT64_MAX;
  for (uint64_t window = 0; window < windows; ++window) {
    uint64_t heap_growth_bytes = 0;
    if (auto finding = check_window(cycle, heap_growth_bytes)) return finding;
    least_growth_bytes = std::min(least_growth_bytes, heap_growth_bytes);
  }
  if (least_growth_bytes < cycles * 16) return std::nullopt;
  return Finding{"as much in use as before",
                 in_cycles(least_growth_bytes, "bytes of heap in use, each time"),
                 {"create, use, destroy: again and again"}};
}

}  // namespace daxlab
