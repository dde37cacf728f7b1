// An open file of the kernel's, shared by the Files and Views that were made from it.
#pragma once

#include <cstdint>
#include <memory>

#include "daxlab/status.h"
#include "daxlab/types.h"

namespace daxlab {

// Any thread. Owns the descriptor.
class BaselineInode {
 public:
  explicit BaselineInode(int descriptor) : descriptor_(descriptor) {}
  ~BaselineInode();
  BaselineInode(const BaselineInode&) = delete;
  BaselineInode& operator=(const BaselineInode&) = delete;

  int descriptor() const { return descriptor_; }
  uint64_t size_bytes() const;
  // Why an access to the page of `offset_bytes` raised SIGBUS: beyond_end, no_space for a store, or
  // io_error.
  Status cause_of_bus_error(uint64_t offset_bytes, bool store) const;

 private:
  const int descriptor_;
};

}  // namespace daxlab
