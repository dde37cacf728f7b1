// Which calls have their parts timed.
#pragma once

#include <cstdint>

namespace daxlab {

// One call in so many has its parts timed. Primes: what happens at every 512th page, say, must not
// always or never be among them.
inline constexpr uint64_t fault_parts_one_in = 31;
inline constexpr uint64_t call_parts_one_in = 151;
// Of calls of the allocator one in so many is timed.
inline constexpr uint64_t allocator_calls_one_in = 17;

// What is timed of a call.
struct TimedOf {
  uint64_t calls = 0;  // that it stands for; 0: nothing is timed
  bool parts = false;  // and not only the whole
};

// Of each thread's calls the first are all timed, for what is rare or cold; then a sample.
constexpr TimedOf timed_of_fault(uint64_t faults_before) noexcept {
  if (faults_before < fault_parts_one_in) return {1, true};
  return {faults_before % fault_parts_one_in == 0 ? fault_parts_one_in : 0, true};
}
// Timing its parts makes a call longer: so others are timed as a whole.
constexpr TimedOf timed_of_call(uint64_t calls_before) noexcept {
  if (calls_before < call_parts_one_in) return {2, calls_before % 2 == 0};
  const uint64_t turn = calls_before % call_parts_one_in;
  if (turn != 0 && turn != call_parts_one_in / 2) return {};
  return {call_parts_one_in, turn == 0};
}

}  // namespace daxlab
