// Seeded random numbers that are the same on every machine and standard library.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace daxlab {

// Mixes all bits (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
constexpr uint64_t mix_bits(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

class Random {
 public:
  explicit Random(uint64_t seed) : state_(mix_bits(seed + 0x632be59bd9b4e019u)) {}

  uint64_t next() { return mix_bits(state_ += 0x9e3779b97f4a7c15u); }
  // 0 <= result < limit; limit > 0. The bias of the modulus does not matter here.
  uint64_t below(uint64_t limit) { return next() % limit; }
  // first <= result <= last
  uint64_t between(uint64_t first, uint64_t last) { return first + below(last - first + 1); }
  bool percent(uint64_t chance) { return below(100) < chance; }
  uint64_t one_of(std::initializer_list<uint64_t> choices) {
    return choices.begin()[below(choices.size())];
  }

 private:
  uint64_t state_;
};

}  // namespace daxlab
