// What an operation of a small program puts, so that whoever reads it tells who wrote it.
#pragma once

#include <cstdint>

namespace daxlab {

// Distinct in a program, never 0, and readable: round, thread, operation, each from 0 on. The last
// byte is free, for the words of one operation.
constexpr uint64_t value_of_op(uint64_t round, uint64_t thread, uint64_t number) {
  return (round + 1) << 24 | (thread + 1) << 16 | (number + 1) << 8;
}

}  // namespace daxlab
