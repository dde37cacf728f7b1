// How the first touch of a hole becomes a fault of ours. Two ways: userfaultfd, and, where the
// kernel does not let us have it, access rights alone. Chosen once, when an address space is made.
#pragma once

#include <cstdint>
#include <memory>

#include "core/base/error_or.h"
#include "daxlab/status.h"

namespace daxlab {

class HoleTrap {
 public:
  // Userfaultfd if it is to be had (a system call filter, or an old kernel, may forbid it), else
  // access rights. Errors: out of descriptors or memory.
  static ErrorOr<std::unique_ptr<HoleTrap>> open();
  virtual ~HoleTrap() = default;

  // For results: "userfaultfd + SIGSEGV", "SIGSEGV alone".
  virtual const char* delivery() const noexcept = 0;
  // True: holes are addresses without access, in anonymous memory only, and each run of inserted
  // zero pages is a kernel mapping of its own. False: memory that is armed, where pages can be
  // inserted without another kernel mapping.
  virtual bool by_access() const noexcept = 0;

  // All signal-safe, ranges page-aligned.
  enum class Memory { anonymous, shared };  // private anonymous, or a mapping of a memfd
  // The range has no access when it is called; from then on the first touch of a page that is not
  // inserted is a fault.
  virtual Status arm(uint64_t address, uint64_t length_bytes, Memory memory) const noexcept = 0;
  // Both let pages be read; those that can be already are left alone. The kernel's zero page, in
  // anonymous memory.
  virtual Status insert_zero(uint64_t address, uint64_t length_bytes) const noexcept = 0;
  // Pages of the memfd, new ones zeroed. unsupported: by access.
  virtual Status insert_shared(uint64_t address, uint64_t length_bytes) const noexcept = 0;
  // Takes inserted pages out: the next touch is a fault again, at no moment is it anything else.
  virtual Status drop(uint64_t address, uint64_t length_bytes) const noexcept = 0;
};

}  // namespace daxlab
