// How many different numbers came, in memory of a fixed size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace daxlab {

// Keeps all numbers as long as they are few. Of more it keeps a sample, by their lowest bits: when
// that is full, only those that have one zero more stay, half of them. What has been left out is
// forgotten, and the size of the sample tells how many there were.
class DistinctCount {
 public:
  // In a table of twice as many words: 4 MiB at most.
  static constexpr size_t most_kept = size_t{1} << 18;

  // A fingerprint, each bit of which is as good as a coin.
  void add(uint64_t fingerprint);
  // Exact until more than `most_kept` different ones came; then an estimate, whose standard error
  // is 1.2 / sqrt(most_kept), a quarter of a percent.
  uint64_t count() const { return kept_ << level_; }
  bool is_estimate() const { return level_ > 0; }
  size_t memory_bytes() const { return slots_.capacity() * sizeof(uint64_t); }

 private:
  bool is_in_sample(uint64_t fingerprint) const;
  size_t slot_of(uint64_t fingerprint) const;
  void insert(uint64_t fingerprint);
  void make_room();

  std::vector<uint64_t> slots_;  // a power of two of them, by the highest bits; 0: none is there
  uint64_t kept_ = 0;
  uint32_t level_ = 0;  // those that are kept end in so many zeros
};

}  // namespace daxlab
