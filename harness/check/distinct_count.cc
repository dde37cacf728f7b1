#include "harness/check/distinct_count.h"

#include <bit>
#include <utility>

namespace daxlab {
namespace {

constexpr size_t first_slots = 1024;

}  // namespace

bool DistinctCount::is_in_sample(uint64_t fingerprint) const {
  return fingerprint << (63 - level_) << 1 == 0;
}

void DistinctCount::add(uint64_t fingerprint) {
  if (fingerprint == 0) fingerprint = uint64_t{1} << 63;  // 0 is no fingerprint here
  if (!is_in_sample(fingerprint)) return;
  if (!slots_.empty() && slots_[slot_of(fingerprint)] == fingerprint) return;
  if (kept_ * 2 == slots_.size()) make_room();
  if (is_in_sample(fingerprint)) insert(fingerprint);
}

// Where it is, or would be.
size_t DistinctCount::slot_of(uint64_t fingerprint) const {
  const size_t last = slots_.size() - 1;
  size_t slot = fingerprint >> (64 - std::countr_zero(slots_.size()));
  while (slots_[slot] != 0 && slots_[slot] != fingerprint) slot = (slot + 1) & last;
  return slot;
}

void DistinctCount::insert(uint64_t fingerprint) {
  slots_[slot_of(fingerprint)] = fingerprint;
  ++kept_;
}

// A larger table, or a smaller sample.
void DistinctCount::make_room() {
  const size_t size = slots_.size();
  if (size == 2 * most_kept) ++level_;
  const size_t more = size == 0 ? first_slots : size == 2 * most_kept ? size : 2 * size;
  const std::vector<uint64_t> before = std::exchange(slots_, std::vector<uint64_t>(more));
  kept_ = 0;
  for (const uint64_t fingerprint : before) {
    if (fingerprint != 0 && is_in_sample(fingerprint)) insert(fingerprint);
  }
}

}  // namespace daxlab
