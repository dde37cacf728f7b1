// Where in a program or plugin a call came from: an address that means something in other processes.
#pragma once

#include <array>
#include <cstdint>

namespace daxlab {

// All zeros: nowhere. May live in shared memory.
struct CodePlace {
  std::array<char, 400> object{};  // path of the program or library
  uint64_t offset = 0;             // in it, of the last byte of the call
  bool is_known() const noexcept { return object[0] != 0; }
};

// Of the call that comes back to this address. Signal-safe.
CodePlace place_of_call(const void* return_address) noexcept;

}  // namespace daxlab
