// The words of a file that has several users at a time: each word is changed by one thread, its
// owner, and tells by its value where and when it was written. So every reader knows what it may
// see while the owner goes on.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "harness/workloads/checks.h"
#include "harness/workloads/stamp.h"

namespace daxlab {

// Offsets and ranges in bytes, multiples of 8. A version belongs to one change by one thread;
// change after change of a word has higher ones. Any thread unless said otherwise.
class OwnedWords {
 public:
  // Zeros are right for a reader: until the word is first written, or whenever (it is punched or
  // cut, at moments that a reader does not know).
  enum class Zeros { at_first, any_time };
  // What is known of the words takes half as much memory as the file.
  static constexpr uint64_t most_bytes = uint64_t{1} << 32;
  // What a word was last known to hold: a version, and whether that stored a value or made it 0.
  using State = uint32_t;

  OwnedWords(uint64_t seed, uint64_t file, uint64_t length_bytes, Zeros zeros)
      : key_(mix(mix(mix(seed) ^ file))), zeros_(zeros), states_(length_bytes / 8) {}

  uint64_t length_bytes() const { return states_.size() * 8; }

  // The owner, before it changes words. 0: there are no more (2^31 changes).
  uint32_t next_version();
  uint64_t word(uint64_t offset_bytes, uint32_t version) const {
    const uint64_t check = mix(key_ ^ (offset_bytes * 0x9fb21c651e98df25) ^ mix(version));
    return (check << 32) | version;
  }
  void fill(uint64_t offset_bytes, uint32_t version, std::span<std::byte> into) const;
  // The owner, when the call or store that did it has returned: nobody may see older words now.
  void stored(ByteRange range, uint32_t version) { set(range, version << 1 | 1); }
  void zeroed(ByteRange range, uint32_t version) { set(range, version << 1); }

  // A reader, before it reads, and with what it has read: the words must be as old at most as they
  // were known to be then, and be written by the owner, there. What one reader has seen, later ones
  // must see as well.
  void note(ByteRange range, std::vector<State>& before) const;
  std::optional<Failure> check(const Place& place, uint64_t offset_bytes,
                               std::span<const State> before, std::span<const uint64_t> seen,
                               std::string_view through);
  // The same for one word.
  State note(uint64_t offset_bytes) const {
    return states_[offset_bytes / 8].load(std::memory_order_acquire);
  }
  std::optional<Failure> check(const Place& place, uint64_t offset_bytes, State before,
                               uint64_t seen, std::string_view through) {
    return check(place, offset_bytes, {&before, 1}, {&seen, 1}, through);
  }

  // What the word holds, for its owner between two changes, or for anyone when no owner runs.
  uint64_t expected(uint64_t offset_bytes) const {
    const State state = note(offset_bytes);
    return (state & 1) != 0 ? word(offset_bytes, state >> 1) : 0;
  }
  Content content() const;

 private:
  void set(ByteRange range, State state);
  // Empty: the reader may see it.
  std::string objection(uint64_t offset_bytes, State before, uint64_t seen) const;

  uint64_t key_;
  Zeros zeros_;
  std::vector<std::atomic<State>> states_;
  std::atomic<uint32_t> versions_ = 0;
};

Failure no_more_versions(const Place& place);

}  // namespace daxlab
