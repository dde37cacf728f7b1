// A mapping of a file as a workload uses it: loads and stores of 8-byte words. On a real MMU they
// are plain instructions on a raw pointer, and real faults; the simulator takes them by call.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>

#include "daxlab/status.h"
#include "daxlab/types.h"

namespace daxlab {

// Offsets are in bytes from the start of the mapping, multiples of 8. Any thread. Destruction
// unmaps: nobody may touch the view any more; stores stay in the file, durable after File::sync.
class View {
 public:
  virtual ~View() = default;
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  // A bus error (past the end of file; no space for a store into a hole) ends the process, as the
  // kernel's would, unless the program handles SIGBUS.
  uint64_t load(uint64_t offset_bytes) const {
    assert(offset_bytes % 8 == 0 && offset_bytes < length_bytes_);
    if (raw_ == nullptr) [[unlikely]]
      return load_by_call(offset_bytes);
    return __atomic_load_n(reinterpret_cast<const uint64_t*>(raw_ + offset_bytes),
                           __ATOMIC_RELAXED);
  }
  void store(uint64_t offset_bytes, uint64_t value) {
    assert(offset_bytes % 8 == 0 && offset_bytes < length_bytes_);
    if (raw_ == nullptr) [[unlikely]]
      return store_by_call(offset_bytes, value);
    __atomic_store_n(reinterpret_cast<uint64_t*>(raw_ + offset_bytes), value, __ATOMIC_RELAXED);
  }

  // The same for a caller that goes on after a bus error: beyond_end or no_space when the engine
  // knows, io_error otherwise; the store did not happen.
  virtual Result<uint64_t> try_load(uint64_t offset_bytes) const = 0;
  virtual Status try_store(uint64_t offset_bytes, uint64_t value) = 0;

  // Takes the faults of the range now, as loads or as stores of what is there, without signals: for
  // ranges that a system call is going to touch. The first error ends it.
  virtual Status prefault(ByteRange range, bool write) = 0;
  // Makes stores to the range durable (msync MS_SYNC).
  virtual Status sync(ByteRange range) = 0;

  // nullptr under the simulator.
  std::byte* raw() const { return raw_; }
  uint64_t length_bytes() const { return length_bytes_; }

 protected:
  View(std::byte* raw, uint64_t length_bytes) : raw_(raw), length_bytes_(length_bytes) {}
  // Only called when raw() is null. A bus error aborts with a message.
  virtual uint64_t load_by_call(uint64_t offset_bytes) const = 0;
  virtual void store_by_call(uint64_t offset_bytes, uint64_t value) = 0;

 private:
  std::byte* raw_;
  uint64_t length_bytes_;
};

}  // namespace daxlab
