// What a bus error was about, in words: which file, where in it, and why the kernel had no page.
#pragma once

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace daxlab {

// What a handler of SIGBUS is told.
struct BusError {
  const void* address = nullptr;
  int code = 0;        // si_code; 0 or less: sent by somebody, not raised by an access
  bool store = false;  // as the processor says
};
BusError bus_error_of(const siginfo_t& info, const void* context) noexcept;

// "at a load from /dev/shm/x/data, byte 8192: no space left in /dev/shm/x (0 bytes free)": written
// as far as it fits, and how many bytes that are. None where no access raised it. Signal-safe: it
// asks the kernel by calls of its own, and takes no memory. Where nothing is certain it names what
// may be.
size_t describe_bus_error(const BusError& error, std::span<char> into) noexcept;
// The same elsewhere.
std::string bus_error_text(const BusError& error);

}  // namespace daxlab
