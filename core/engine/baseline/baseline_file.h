// File over plain system calls. With O_DIRECT, calls of whole blocks go past the page cache, all
// others through it.
#pragma once

#include <memory>

#include "core/engine/baseline/baseline_inode.h"
#include "core/file/file.h"

namespace daxlab {

class BaselineFile final : public File {
 public:
  explicit BaselineFile(std::shared_ptr<BaselineInode> inode) : inode_(std::move(inode)) {}

  Result<uint64_t> read(uint64_t offset_bytes, std::span<std::byte> into) override;
  Result<uint64_t> write(uint64_t offset_bytes, std::span<const std::byte> from) override;
  uint64_t max_write_bytes() const override { return UINT64_MAX; }
  Status truncate(uint64_t size_bytes) override;
  Status punch(ByteRange range) override;
  Status preallocate(ByteRange range) override;
  Status sync() override;
  uint64_t size_bytes() const override { return inode_->size_bytes(); }
  Result<std::vector<FileExtent>> extents() override;
  Result<std::unique_ptr<View>> map(PageRange range) override;
  Result<std::unique_ptr<View>> map_aligned(PageRange range, uint64_t alignment_bytes) override;

 private:
  // nullptr: such a call goes through the page cache.
  const OwnedDescriptor* direct_for(uint64_t offset_bytes, uint64_t length_bytes) const;
  Result<uint64_t> read_directly(uint64_t offset_bytes, std::span<std::byte> into);
  Result<uint64_t> write_directly(uint64_t offset_bytes, std::span<const std::byte> from);
  Status allocate(int mode, ByteRange range);

  const std::shared_ptr<BaselineInode> inode_;
};

}  // namespace daxlab
