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

// All calls: any thread, not from a signal handler.
//
// A buffer may lie anywhere, also in a View of any file. Where it cannot be read or written (no
// memory, no access, past the end of a mapped file, a fault that fails) read() and write() answer
// as the system calls do: with the bytes before that place, or bad_address if there are none. What
// writes all or nothing answers bad_address in both cases, and nothing has changed; only if memory
// that is no View of this file system is taken away while it is copied (munmap, or a file of the
// kernel's is cut), bytes that were overwritten in place may be new. No signal reaches the program.
class File {
 public:
  virtual ~File() = default;  // Views stay valid

  // Bytes read, fewer only at the end of the file, or where the buffer cannot be written. Aligned
  // 8-byte words are never torn.
  virtual Result<uint64_t> read(uint64_t offset_bytes, std::span<std::byte> into) = 0;
  // Bytes written, durable on return. Fewer than asked: a short write (the region was full on the
  // way, or the buffer cannot be read further). no_space: nothing was written. too_big: nothing,
  // for it is longer than max_write_bytes() or ends beyond the largest file. A read or load beside
  // it may see a part of it.
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
  // The same at an address that is a multiple of alignment_bytes, and below 2 MiB of no larger
  // power of two: one from 4 KiB to 2 MiB. map() keeps addresses congruent to offsets in the file.
  // A wish: who has no say in addresses maps as map() does.
  virtual Result<std::unique_ptr<View>> map_aligned(PageRange range, uint64_t alignment_bytes);

  // From now on the block behind that page is to lie at such a multiple in the region, and those of
  // the pages around it in their order. A wish, of this open file and others of the same name, that
  // is forgotten when the last one is closed; an allocator may ignore it, as any. Else blocks are
  // congruent to offsets in files of 2 MiB and more, and anywhere in smaller ones.
  virtual void align_blocks(uint64_t pgoff, uint64_t alignment_bytes);
};

inline Result<std::unique_ptr<View>> File::map_aligned(PageRange range, uint64_t) {
  return map(range);
}
inline void File::align_blocks(uint64_t, uint64_t) {}

}  // namespace daxlab
