// An open file of the kernel's, shared by the Files and Views that were made from it.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "core/base/owned_descriptor.h"
#include "core/engine/baseline/late_freeing.h"
#include "daxlab/status.h"
#include "daxlab/types.h"

namespace daxlab {

// Any thread. Owns the descriptors.
class BaselineInode {
 public:
  // `direct`: the same file with O_DIRECT, or not open: all goes through the page cache.
  BaselineInode(OwnedDescriptor descriptor, OwnedDescriptor direct,
                std::shared_ptr<const LateFreeing> freeing)
      : descriptor_(std::move(descriptor)),
        direct_(std::move(direct)),
        freeing_(std::move(freeing)) {}
  // The blocks of a file without a name are free on return.
  ~BaselineInode();
  BaselineInode(const BaselineInode&) = delete;
  BaselineInode& operator=(const BaselineInode&) = delete;

  int descriptor() const { return descriptor_.number(); }
  // For calls of whole blocks with aligned memory; nullptr where there is no direct I/O.
  const OwnedDescriptor* direct() const { return direct_.is_open() ? &direct_ : nullptr; }
  uint64_t size_bytes() const;
  // Why an access to the page of `offset_bytes` raised SIGBUS, of which the kernel says nothing:
  // beyond_end; no_space, in a hole of a file system that is as good as full; or io_error.
  Status cause_of_bus_error(uint64_t offset_bytes) const;

 private:
  bool is_hole(uint64_t offset_bytes) const;

  OwnedDescriptor descriptor_, direct_;
  const std::shared_ptr<const LateFreeing> freeing_;
};

}  // namespace daxlab
