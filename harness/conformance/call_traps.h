// Catches a loaded shared object at calling what it may not call in a signal handler.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace daxlab {

// Works on the object's own entries for functions of other objects (its global offset table), so
// that nobody else's calls are touched. One at a time in a process.
class CallTraps {
 public:
  // `inside`: any address of the object, which was loaded with all of its symbols bound.
  explicit CallTraps(const void* inside);
  CallTraps(const CallTraps&) = delete;
  CallTraps& operator=(const CallTraps&) = delete;

  // Runs the body with the traps set. The name of the first function that the object called and may
  // not ("malloc"): the body was left there, its frames' destructors did not run. nullptr: none.
  const char* run(const std::function<void()>& body);

  // Entries that can be trapped: what the object could call at all.
  uint64_t entries() const { return entries_.size(); }

 private:
  struct Entry {
    void** slot;
    void* function;  // what stood there
    void* trap;
  };
  void set(bool trapped);

  std::vector<Entry> entries_;
};

}  // namespace daxlab
