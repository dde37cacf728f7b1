#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "core/base/clock.h"
#include "core/recovery/recovery.h"
#include "harness/bench/mapped_region_file.h"
#include "harness/bench/rows.h"

namespace daxlab {
namespace {

// Made at the first repetition, for all that follow. They read it from the page cache.
class LazyFile {
 public:
  LazyFile(uint64_t blocks, Placement placement) : blocks_(blocks), placement_(placement) {}
  ErrorOr<std::shared_ptr<MappedRegionFile>> get() {
    if (file_ != nullptr) return file_;
    auto made = MappedRegionFile::make(blocks_, placement_);
    if (made.ok()) file_ = made.value();
    return made;
  }

 private:
  uint64_t blocks_;
  Placement placement_;
  std::shared_ptr<MappedRegionFile> file_;
};

// Without open_region_file, which would give the file's holes their space: tens of GiB of it.
ErrorOr<uint64_t> time_of_region(const std::filesystem::path& path, uint64_t blocks) {
  Counters counters;
  const uint64_t start_ns = now_ns();
  auto medium = Medium::open(path, Access::read_write);
  if (!medium.ok()) return medium.error();
  auto region = Region::attach(medium.take(), counters);
  if (!region.ok()) return region.error();
  auto recovery = recover(*region.value());
  const uint64_t spent_ns = now_ns() - start_ns;
  if (!recovery.ok()) return recovery.error();
  uint64_t used = 0;
  for (Extent extent : recovery.value().used) used += extent.blocks;
  if (used <= blocks) return Error{"recovery missed blocks"};
  return spent_ns;
}

}  // namespace

void add_open_region_rows(const RowSizes& sizes, std::vector<Row>& rows) {
  for (Placement placement : {Placement::contiguous, Placement::scattered}) {
    for (uint64_t blocks : sizes.open_blocks) {
      auto file = std::make_shared<LazyFile>(blocks, placement);
      const std::string what = fmt::format(
          "{}/blocks:{}", placement == Placement::contiguous ? "contiguous" : "scattered", blocks);
      rows.push_back({"open_region/" + what, "", blocks, [=]() -> ErrorOr<TimedLoop> {
                        auto made = file->get();
                        if (!made.ok()) return made.error();
                        return TimedLoop([path = made.value()->path(), blocks] {
                          return time_of_region(path, blocks);
                        });
                      }});
    }
  }
}

}  // namespace daxlab
