#include <fmt/format.h>

#include <memory>

#include "core/base/stopwatch.h"
#include "core/region/recovery.h"
#include "core/region/region_file.h"
#include "harness/bench/mapped_region_file.h"
#include "harness/bench/rows.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

// Made at the first repetition, for all rows that open it. They all read it from the page cache.
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

ErrorOr<uint64_t> time_of_region(const std::filesystem::path& path, uint64_t blocks) {
  Counters counters;
  const uint64_t start_ns = now_ns();
  auto region = open_region_file({.path = path}, counters);
  if (!region.ok()) return region.error();
  auto recovery = recover(*region.value());
  const uint64_t spent_ns = now_ns() - start_ns;
  if (!recovery.ok()) return recovery.error();
  uint64_t used = 0;
  for (Extent extent : recovery.value().used) used += extent.blocks;
  if (used <= blocks) return Error{"recovery missed blocks"};
  return spent_ns;
}

ErrorOr<uint64_t> time_of_lab(const std::filesystem::path& path) {
  const uint64_t start_ns = now_ns();
  auto lab = make_lab({.region_bytes = 0, .region_path = path});
  return now_ns() - start_ns;
}

}  // namespace

void add_open_region_rows(const RowSizes& sizes, std::vector<Row>& rows) {
  for (Placement placement : {Placement::contiguous, Placement::scattered}) {
    for (uint64_t blocks : sizes.open_blocks) {
      auto file = std::make_shared<LazyFile>(blocks, placement);
      const std::string what = fmt::format(
          "{}/blocks:{}", placement == Placement::contiguous ? "contiguous" : "scattered", blocks);
      const auto row = [&](const std::string& name, bool whole_lab) {
        rows.push_back({name, "", blocks, [=]() -> ErrorOr<TimedLoop> {
                          auto made = file->get();
                          if (!made.ok()) return made.error();
                          return TimedLoop([path = made.value()->path(), blocks, whole_lab] {
                            return whole_lab ? time_of_lab(path) : time_of_region(path, blocks);
                          });
                        }});
      };
      row("open_region/" + what, false);
      row("open_lab/" + what, true);
    }
  }
}

}  // namespace daxlab
