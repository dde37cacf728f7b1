// One open file. Several may be open on one name; they share size, blocks and mappings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/file/file_extent.h"
#include "core/file/view.h"
#include "daxlab/status.h"
#include "daxlab/types.h"

namespace daxlab {

// All calls: any thread, not from a signal handler. Buffers may lie in a View of any file; a buffer
// whose own pages raise SIGBUS raises it here, and must not be left by longjmp.
class File {
 public:
  virtual ~File() = default;  // Views stay valid

  // Bytes read, fewer only at the end of the file. Aligned 8-byte words are never torn.
  virtual Result<uint64_t> read(uint64_t offset_bytes, std::span<std::byte> into) = 0;
  // Bytes written, durable on return. Fewer than asked: a short write (the region was full on the
  // way). no_space: nothing was written. too_big: nothing, for it is longer than max_write_bytes()
  // or ends beyond the largest file. A read or load beside it may see a part of it.
  virtual Result<uint64_t> write(uint64_t offset_bytes, std::span<const std::byte> from) = 0;
  // The longest write that is taken; UINT64_MAX: any.
  virtual uint64_t max_write_bytes() const = 0;

  // Grows with a hole or cuts; what is cut reads as zeros when the file grows again.
  virtual Status truncate(uint64_t size_bytes) = 0;
  // Zeros the range and frees whole blocks in it; the size stays (FALLOC_FL_PUNCH_HOLE).
  virtual Status punch(ByteRange range) = 0;
  // Gives every hole of the range a zeroed block and grows the file to its end; all or nothing.
  virtual Status preallocate(ByteRange range) = 0;
  // Makes everything stored through mappings durable.
  virtual Status sync() = 0;
  virtual uint64_t size_bytes() const = 0;

  // Where the pages are that have blocks, in their order; holes are left out, what one kernel
  // mapping can show is one extent. A moment's truth; exact when nobody changes the file.
  // unsupported: this file system does not tell (a baseline without FIEMAP, tmpfs for one).
  virtual Result<std::vector<FileExtent>> extents() = 0;

  // Shows file pages [range.pgoff, range.end()) at new addresses, any number of times. Pages past
  // the end of the file may be mapped; touching them is a bus error until the file has grown.
  // invalid_argument (no pages), no_memory, no_mappings.
  virtual Result<std::unique_ptr<View>> map(PageRange range) = 0;
};

}  // namespace daxlab
