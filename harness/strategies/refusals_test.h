// What is refused with a typed error leaves everything as it was: names, sizes, contents, and the
// count of blocks.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/region/layout.h"
#include "harness/strategies/cells_test.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {

inline constexpr uint64_t max_file_bytes = max_file_pages * page_bytes;
inline constexpr uint64_t small_bytes = uint64_t{1} << 20;

// That a refusal might change.
struct Everything {
  std::map<std::string, Bytes> files;
  uint64_t used_blocks = 0, free_blocks = 0;
  friend bool operator==(const Everything&, const Everything&) = default;
};

// For each engine and write strategy. At the end: no unsafe answer, and used + free = total.
class Refusals : public testing::TestWithParam<std::tuple<EngineKind, std::string>> {
 protected:
  std::unique_ptr<Lab> lab = lab_of(small_bytes);

  static std::unique_ptr<Lab> lab_of(uint64_t region_bytes) {
    return make_lab({.engine = std::get<0>(GetParam()),
                     .write = std::get<1>(GetParam()),
                     .region_bytes = region_bytes});
  }
  static bool is_atomic() { return std::get<1>(GetParam()) == "atomic"; }
  static bool is_partial() { return std::get<1>(GetParam()) == "partial"; }

  void TearDown() override {
    EXPECT_EQ(lab->failure(), std::nullopt) << *lab->failure();
    SpaceUse use = lab->files().space_use();
    EXPECT_EQ(use.used_blocks + use.free_blocks, use.total_blocks);
  }

  std::unique_ptr<File> create(const std::string& name) {
    auto file = lab->files().create(name);
    EXPECT_TRUE(file.ok()) << describe(file.code());
    return file.take();
  }
  Everything everything() {
    Everything all;
    const std::vector<std::string> names = lab->file_names().take();
    for (const std::string& name : names) {
      auto file = lab->files().open(name).take();
      Bytes bytes(file->size_bytes());
      auto read = file->read(0, bytes);
      EXPECT_TRUE(read.ok() && read.value() == bytes.size());
      all.files[name] = std::move(bytes);
    }
    SpaceUse use = lab->files().space_use();
    all.used_blocks = use.used_blocks;
    all.free_blocks = use.free_blocks;
    return all;
  }
  void expect_refused(ErrorCode expected, const std::function<Status()>& call) {
    Everything before = everything();
    EXPECT_STREQ(describe(call().code()), describe(expected));
    Everything after = everything();
    EXPECT_TRUE(after == before) << before.used_blocks << " used, " << before.free_blocks
                                 << " free before; " << after.used_blocks << ", "
                                 << after.free_blocks << " after";
  }
};

inline std::string name_of_case(const testing::TestParamInfo<Refusals::ParamType>& info) {
  const bool mmu = std::get<0>(info.param) == EngineKind::mmu;
  return std::get<1>(info.param) + (mmu ? "_mmu" : "_simulator");
}

}  // namespace daxlab
