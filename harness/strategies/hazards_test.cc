// Wrong strategies must be found, or the judges are worth nothing.
#include <gtest/gtest.h>

#include "harness/histories/replay.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

void expect_found(const NamedLab& names) {
  for (EngineKind engine : {EngineKind::mmu, EngineKind::simulator}) {
    NamedLab wrong = names;
    wrong.engine = engine;
    std::unique_ptr<Lab> lab = make_lab(wrong);
    EXPECT_NE(check_histories(lab->files(), first_seed(), 200), std::nullopt);
    EXPECT_EQ(lab->failure(), std::nullopt) << "the core must not judge coherence";
  }
}

TEST(Hazards, WithoutRepairIsFound) { expect_found({.fault = "global_zero_without_repair"}); }
TEST(Hazards, WithoutUnmapIsFound) { expect_found({.fault = "global_zero_without_unmap"}); }

// Space must run out for this one.
TEST(Hazards, BufferedFallbackIsFound) {
  std::unique_ptr<Lab> lab =
      make_lab({.write = "partial_with_buffered_fallback", .region_bytes = uint64_t{64} << 10});
  auto file = lab->files().create("file").take();
  std::vector<std::byte> data(lab->files().space_use().total_blocks * block_bytes, std::byte{7});
  auto written = file->write(0, data);
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(written.value(), data.size()) << "it pretends that all was written";
  std::vector<std::byte> seen(data.size());
  ASSERT_TRUE(file->read(0, seen).ok());
  EXPECT_NE(seen, data);
}

}  // namespace
}  // namespace daxlab
