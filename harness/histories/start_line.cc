#include "harness/histories/start_line.h"

namespace daxlab {
namespace {

constexpr uint32_t looks_before_parking = 20'000;  // some tens of microseconds

}  // namespace

void StartLine::arrive_and_wait() {
  const uint64_t before = arrived_.fetch_add(1);
  const uint64_t all = (before / threads_ + 1) * threads_;
  if (before + 1 == all) {
    arrived_.notify_all();
    return;
  }
  for (uint32_t looks = 0; looks < looks_before_parking; ++looks) {
    if (arrived_.load() >= all) return;
  }
  for (uint64_t seen = arrived_.load(); seen < all; seen = arrived_.load()) arrived_.wait(seen);
}

}  // namespace daxlab
