// The content of every file in every workload: a function of seed, file, offset and version, so
// that a word found in the wrong place, or of the wrong time, is known by its value.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace daxlab {

// A bijection that spreads every input bit over all output bits (the finalizer of splitmix64).
constexpr uint64_t mix(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

// The words of one version of one file. Never 0, which is what holes hold.
class Stamp {
 public:
  constexpr Stamp(uint64_t seed, uint64_t file, uint64_t version)
      : key_(mix(mix(mix(seed) ^ file) ^ version)) {}
  constexpr uint64_t word(uint64_t offset_bytes) const {
    const uint64_t value = mix(key_ ^ offset_bytes);
    return value == 0 ? 1 : value;
  }
  // Any offset and length: bytes of the words at multiples of 8.
  void fill(uint64_t offset_bytes, std::span<std::byte> into) const {
    uint64_t done = 0;
    while (done < into.size()) {
      const uint64_t at = offset_bytes + done;
      const uint64_t value = word(at & ~uint64_t{7});
      const uint64_t skip = at & 7;
      const uint64_t length = std::min<uint64_t>(8 - skip, into.size() - done);
      std::memcpy(into.data() + done, reinterpret_cast<const std::byte*>(&value) + skip, length);
      done += length;
    }
  }

 private:
  uint64_t key_;
};

}  // namespace daxlab
