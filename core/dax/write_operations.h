// WriteOps for one write() (and preallocate): blocks that are there are written in place under a
// pin, blocks for holes are filled where nobody sees them and published under the page locks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/dax/block_source.h"
#include "core/dax/dax_parts.h"
#include "core/dax/shared_file.h"
#include "daxlab/write.h"

namespace daxlab {

class WriteOperations final : public WriteOps {
 public:
  // `from` holds the caller's bytes of `range`; empty for zeros (preallocate). Pins the file's
  // blocks. `may_grow`: the caller holds extend_lock; else the range lay inside the file when the
  // write began.
  WriteOperations(DaxParts& parts, SharedFile& file, ByteRange range,
                  std::span<const std::byte> from, bool may_grow);
  ~WriteOperations();

  uint64_t reserve(ByteRange range) noexcept override;
  Status copy(ByteRange range) noexcept override;
  Status publish(ByteRange range) noexcept override;
  void release() noexcept override;
  Status copy_to_page_cache(ByteRange range) noexcept override;

 private:
  // One page of the write.
  struct Stage {
    uint64_t block = 0;     // 0: nothing reserved
    bool fresh = false;     // ours alone until published
    bool prepared = false;  // fresh: what the write does not cover is zero
    bool published = false;
  };
  // Part of a page that a byte range covers.
  struct Part {
    uint64_t pgoff;
    uint64_t start_bytes, length_bytes;  // within the page
    uint64_t file_offset_bytes() const { return pgoff * page_bytes + start_bytes; }
  };

  bool inside(ByteRange range) noexcept;
  Stage& stage(uint64_t pgoff) { return stages_[pgoff - first_pgoff_]; }
  static PageRange pages_of(ByteRange range);
  static Part part_of(ByteRange range, uint64_t pgoff);
  const std::byte* source_of(Part part) const;

  Extent look_up(PageRange range);
  uint64_t reserve_pages(PageRange pages);
  bool reserve_nodes(uint64_t end);
  bool take_nodes(uint64_t needed);
  void prepare(Stage& stage, Part part);
  void copy_run(PageRange run, ByteRange range);

  // write_publishing.cc
  Status lock_to_publish(PageRange pages);
  PageRange still_inside(PageRange pages) const;
  PageRange unpublished(PageRange pages);
  Status publish_batch(PageRange batch, ByteRange range);
  void merge_into(uint64_t block, Stage& stage, Part part);
  Status publish_run(PageRange run);
  void grow_to(ByteRange range);

  // Hands out the nodes reserved before, so that publishing cannot run out of space.
  class ReservedNodes final : public NodeSource {
   public:
    Result<uint64_t> take_node() noexcept override;
    std::vector<uint64_t> blocks;
  };

  DaxParts& parts_;
  SharedFile& file_;
  const ByteRange range_;
  const std::span<const std::byte> from_;
  const bool may_grow_;
  const uint64_t first_pgoff_;
  BlockSource source_;
  std::vector<Stage> stages_;
  ReservedNodes nodes_;
  std::optional<Pinned> pinned_;
};

}  // namespace daxlab
