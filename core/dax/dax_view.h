// A mapping of a region's file, as its user holds it.
#pragma once

#include <memory>

#include "core/dax/dax_parts.h"
#include "core/dax/shared_file.h"
#include "core/file/view.h"

namespace daxlab {

class DaxView final : public View {
 public:
  // At an address congruent to `address_bytes` modulo 2 MiB.
  static Result<std::unique_ptr<View>> create(DaxParts& parts, std::shared_ptr<SharedFile> file,
                                              PageRange range, uint64_t address_bytes);
  ~DaxView() override;

  Result<uint64_t> try_load(uint64_t offset_bytes) const override;
  Status try_store(uint64_t offset_bytes, uint64_t value) override;
  Status prefault(ByteRange range, bool write) override;
  Status sync(ByteRange range) override;

 protected:
  uint64_t load_by_call(uint64_t offset_bytes) const override;
  void store_by_call(uint64_t offset_bytes, uint64_t value) override;

 private:
  DaxView(DaxParts& parts, std::shared_ptr<SharedFile> file, std::unique_ptr<Mapping> mapping);
  bool inside(ByteRange range) const;

  DaxParts& parts_;
  std::shared_ptr<SharedFile> file_;
  std::unique_ptr<Mapping> mapping_;
};

}  // namespace daxlab
