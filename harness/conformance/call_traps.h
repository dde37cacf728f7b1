// Catches a loaded shared object at calling what it may not call in a signal handler.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/call_log.h"

namespace daxlab {

inline constexpr const char* unsafe_calls_expected =
    "where a fault may be served: no malloc, no mutex, no stdio, and nothing is thrown";

// Works on the object's own entries for functions of other objects (its global offset table), so
// that nobody else's calls are touched. What is linked into the object itself, or reached through
// another library's function, is not seen. One at a time in a process.
class CallTraps {
 public:
  // `inside`: any address of the object, which was loaded with all of its symbols bound. `log`
  // outlives the process's calls into the object.
  CallTraps(const void* inside, CallLog& log);
  ~CallTraps();
  CallTraps(const CallTraps&) = delete;
  CallTraps& operator=(const CallTraps&) = delete;

  // From now on: a call of such a function is reported to the log ("allocate calls malloc", with
  // its place), and ends the process. One thread; signal-safe.
  void set(bool trapped) noexcept;

 private:
  struct Entry {
    void** slot;
    void* function;  // what stood there
    void* trap;
  };
  std::vector<Entry> entries_;
};

}  // namespace daxlab
