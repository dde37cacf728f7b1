// WriteOps for one write() (and preallocate): blocks that are there are written in place under a
// pin, new blocks are filled where nobody sees them and published: over holes under the page locks,
// copies all at once under invalidate_lock exclusive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/dax/block_source.h"
#include "core/dax/dax_parts.h"
#include "core/dax/kept_bytes.h"
#include "core/dax/shared_file.h"
#include "core/dax/unpublished.h"
#include "daxlab/write.h"

namespace daxlab {

class WriteOperations final : public WriteOps {
 public:
  // `from` holds the caller's bytes of `range`, fewer where its buffer cannot be read further;
  // empty for zeros (preallocate). `may_grow`: the caller holds extend_lock; else the range lay
  // inside the file when the write began.
  WriteOperations(DaxParts& parts, SharedFile& file, ByteRange range,
                  std::span<const std::byte> from, bool may_grow);
  // Gives back what was not published and the blocks that were replaced, for which it may wait.
  ~WriteOperations();

  // Something was not to be had for want of memory, not of space.
  bool out_of_memory() const { return out_of_memory_; }
  // Why a reservation in place ended: the file has a bad block there.
  bool met_bad_block() const { return met_bad_block_; }
  // Or: the caller's buffer cannot be read there.
  bool met_bad_address() const { return met_bad_address_; }
  // The caller's buffer could be read before, and not any more when it was to be copied.
  bool lost_the_buffer() const { return lost_the_buffer_; }

  uint64_t reserve(ByteRange range, Staging staging) noexcept override;
  Status copy(ByteRange range) noexcept override;
  Status publish(ByteRange range) noexcept override;
  Status publish_at_once(ByteRange range) noexcept override;
  void release() noexcept override;
  Status copy_to_page_cache(ByteRange range) noexcept override;

 private:
  // One page of the write.
  struct Stage {
    uint64_t block = 0;     // 0: nothing reserved
    bool fresh = false;     // ours alone until published
    bool copy = false;      // fresh, also where the file has a block: copy on write
    bool prepared = false;  // fresh: nothing is left of its last owner where it can be seen
    bool published = false;
  };
  // Part of a page that a byte range covers.
  struct Part {
    uint64_t pgoff;
    uint64_t start_bytes, length_bytes;  // within the page
    uint64_t file_offset_bytes() const { return pgoff * page_bytes + start_bytes; }
  };

  bool inside(ByteRange range) noexcept;
  ByteRange readable_part(ByteRange range) const;
  Stage& stage(uint64_t pgoff) { return stages_[pgoff - first_pgoff_]; }
  static PageRange pages_of(ByteRange range);
  static Part part_of(ByteRange range, uint64_t pgoff);
  const std::byte* source_of(Part part) const;

  Extent look_up(PageRange range);
  uint64_t reserve_pages(PageRange pages, Staging staging);
  Result<Extent> extent_for(PageRange pages, Staging staging, uint64_t goal, bool& fresh);
  uint64_t goal_of(uint64_t pgoff);
  bool is_sure_of_nodes();
  uint64_t pages_alike(PageRange pages);
  bool reserve_nodes(uint64_t end);
  uint64_t missing_nodes(PageRange pages);
  bool take_nodes(uint64_t needed);

  // write_copying.cc
  Status keep_from_cuts();
  void prepare(Stage& stage, Part part);
  Status copy_run(PageRange run, ByteRange range);
  Status lose_the_buffer();

  // write_publishing.cc
  Status lock_to_publish(PageRange pages);
  PageRange still_inside(PageRange pages) const;
  PageRange unpublished(PageRange pages);
  Status publish_batch(PageRange batch, ByteRange range);
  void merge_into(uint64_t block, Stage& stage, Part part);
  Status publish_run(PageRange run);
  void grow_to(ByteRange range);

  // write_at_once.cc
  Status check_copies(PageRange pages) noexcept;
  Status lock_to_publish_at_once(PageRange pages);
  Status publish_copies(ByteRange range);
  void take_down(PageRange pages);
  bool would_take_over_bad(ByteRange range);
  void take_over_around(ByteRange range);
  void take_over(ByteRange rest);
  Status commit_copies(ByteRange range);

  // Hands out the nodes reserved before, so that publishing cannot run out of space.
  class ReservedNodes final : public NodeSource {
   public:
    Result<uint64_t> take_node() noexcept override;
    std::vector<uint64_t> blocks;
  };

  DaxParts& parts_;
  SharedFile& file_;
  const ByteRange range_;
  std::span<const std::byte> from_;
  KeptBytes kept_;  // what from_ is, where it was a mapping
  const bool may_grow_;
  const uint64_t first_pgoff_;
  BlockSource source_;
  std::vector<Stage> stages_;
  ReservedNodes nodes_;
  bool out_of_memory_ = false;
  bool met_bad_block_ = false;
  bool met_bad_address_ = false;
  bool lost_the_buffer_ = false;
  std::optional<Pinned> pinned_;  // since something was reserved in place
  Unpublished replaced_;
};

}  // namespace daxlab
