// A file of a region: POSIX calls over block map, pins and strategies.
#pragma once

#include <memory>

#include "core/dax/dax_parts.h"
#include "core/dax/shared_file.h"
#include "core/file/file.h"

namespace daxlab {

class DaxFile final : public File {
 public:
  DaxFile(DaxParts& parts, std::shared_ptr<SharedFile> file)
      : parts_(parts), file_(std::move(file)) {}

  Result<uint64_t> read(uint64_t offset_bytes, std::span<std::byte> into) override;
  Result<uint64_t> write(uint64_t offset_bytes, std::span<const std::byte> from) override;
  uint64_t max_write_bytes() const override { return parts_.max_write_bytes; }
  Status truncate(uint64_t size_bytes) override;
  Status punch(ByteRange range) override;
  Status preallocate(ByteRange range) override;
  Status sync() override;
  uint64_t size_bytes() const override { return file_->size_bytes(); }
  Result<std::vector<FileExtent>> extents() override;
  Result<std::unique_ptr<View>> map(PageRange range) override;
  Result<std::unique_ptr<View>> map_aligned(PageRange range, uint64_t alignment_bytes) override;
  void align_blocks(uint64_t pgoff, uint64_t alignment_bytes) override;

 private:
  struct Written {
    Result<uint64_t> bytes;
    bool lost_the_buffer = false;  // it could be read before
  };
  ErrorCode bad_buffer() const;
  Result<uint64_t> read_timed(uint64_t offset_bytes, std::span<std::byte> into);
  Result<uint64_t> write_timed(uint64_t offset_bytes, std::span<const std::byte> from);
  Status preallocate_untraced(ByteRange range);
  Result<uint64_t> write_from(ByteRange range, std::span<const std::byte> from, bool may_grow);
  Written ask_strategy(ByteRange range, std::span<const std::byte> from, bool may_grow);

  DaxParts& parts_;
  std::shared_ptr<SharedFile> file_;
};

}  // namespace daxlab
