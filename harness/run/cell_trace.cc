#include "harness/run/cell_trace.h"

#include <sys/mman.h>

#include <cerrno>

#include "core/base/errno_status.h"

namespace daxlab {

// Zeros are an empty trace: constructing it would touch all of the memory.
ErrorOr<std::unique_ptr<CellTrace>> CellTrace::make() {
  void* const memory = mmap(nullptr, sizeof(Trace), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return error_from_errno("--trace: memory for a cell's trace", errno);
  return std::unique_ptr<CellTrace>(new CellTrace(static_cast<Trace*>(memory)));
}

CellTrace::~CellTrace() { munmap(trace_, sizeof(Trace)); }

std::optional<Error> CellTrace::is_of(pid_t process) {
  process_ = process;
  if (madvise(trace_, sizeof(Trace), MADV_DONTFORK) == 0) return std::nullopt;
  return error_from_errno("--trace: memory for a cell's trace", errno);
}

}  // namespace daxlab
