// A MAP_SHARED mapping of the kernel's.
#pragma once

#include <memory>

#include "core/engine/baseline/baseline_inode.h"
#include "core/file/view.h"

namespace daxlab {

class BaselineView final : public View {
 public:
  // alignment_bytes as of File::map_aligned; 0: where the kernel likes.
  static Result<std::unique_ptr<View>> map(std::shared_ptr<BaselineInode> inode, PageRange range,
                                           uint64_t alignment_bytes = 0);
  ~BaselineView() override;

  Result<uint64_t> try_load(uint64_t offset_bytes) const override;
  Status try_store(uint64_t offset_bytes, uint64_t value) override;
  Status prefault(ByteRange range, bool write) override;
  Status sync(ByteRange range) override;

 protected:
  uint64_t load_by_call(uint64_t offset_bytes) const override;
  void store_by_call(uint64_t offset_bytes, uint64_t value) override;

 private:
  BaselineView(std::byte* raw, std::shared_ptr<BaselineInode> inode, PageRange range);
  Status touch(uint64_t first_bytes, uint64_t end_bytes, bool write);

  const std::shared_ptr<BaselineInode> inode_;
  const uint64_t file_offset_bytes_;
};

}  // namespace daxlab
