// A simulated lab whose region is memory of the caller.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "core/region/superblock.h"
#include "harness/strategies/named_lab.h"
#include "harness/strategies/page_memory_test.h"

namespace daxlab {
namespace {

class LabMemory : public testing::Test {
 protected:
  static constexpr uint64_t length_bytes = uint64_t{256} << 10;
  PageMemory memory_{length_bytes};
  CallLog log_;

  LabSpec spec(bool keep = false) {
    LabSpec made = spec_of({.engine = EngineKind::simulator, .region_bytes = 0});
    made.memory = memory_.all();
    made.keep_memory = keep;
    return made;
  }
  std::unique_ptr<Lab> lab(bool keep = false) {
    auto made = Lab::assemble(spec(keep), log_);
    EXPECT_TRUE(made.ok()) << made.error().message;
    return made.take();
  }
  std::string refusal(const LabSpec& wrong) {
    auto made = Lab::assemble(wrong, log_);
    return made.ok() ? "none" : made.error().message;
  }
};

TEST_F(LabMemory, HoldsTheRegionAndNothingElseDoes) {
  std::unique_ptr<Lab> made = lab();
  EXPECT_EQ(made->region_bytes().data(), memory_.all().data());
  EXPECT_EQ(made->region_bytes().size(), length_bytes);
  auto file = made->files().create("file").take();
  ASSERT_TRUE(file->truncate(page_bytes).ok());
  auto view = file->map({0, 1}).take();
  EXPECT_EQ(view->load(8), 0u) << "of whoever had the memory before";
  view->store(8, 0x6461786c61624242);
  EXPECT_EQ(view->load(16), 0u);
  const uint64_t word = view->load(8);
  const auto* bytes = reinterpret_cast<const std::byte*>(&word);
  std::span<std::byte> all = memory_.all();
  EXPECT_NE(std::search(all.begin(), all.end(), bytes, bytes + sizeof word), all.end());
}

TEST_F(LabMemory, IsKeptFromOneLabToTheNext) {
  const uint64_t stored = 77;
  {
    std::unique_ptr<Lab> first = lab();
    auto file = first->files().create("file").take();
    ASSERT_TRUE(file->write(0, std::as_bytes(std::span(&stored, 1))).ok());
  }
  std::unique_ptr<Lab> second = lab(true);
  uint64_t seen = 0;
  auto file = second->files().open("file").take();
  ASSERT_TRUE(file->read(0, std::as_writable_bytes(std::span(&seen, 1))).ok());
  EXPECT_EQ(seen, stored);
}

TEST_F(LabMemory, IsFormattedAnewUnlessItIsToBeKept) {
  { ASSERT_TRUE(lab()->files().create("file").ok()); }
  EXPECT_EQ(lab()->files().open("file").code(), ErrorCode::not_found);
}

// Images of simulated regions are compared by their bytes.
TEST_F(LabMemory, IsFormattedToTheSameBytes) {
  lab().reset();
  PageMemory other(length_bytes);
  LabSpec there = spec();
  there.memory = other.all();
  ASSERT_TRUE(Lab::assemble(there, log_).ok());
  EXPECT_TRUE(std::ranges::equal(memory_.all(), other.all()));
}

TEST_F(LabMemory, IsRecoveredWhenItIsKept) {
  lab().reset();
  std::memset(memory_.all().data(), 0, sizeof(Superblock));  // the copy is still there
  EXPECT_EQ(lab(true)->files().open("file").code(), ErrorCode::not_found);
  EXPECT_TRUE(looks_like_region(memory_.all().first(sizeof(Superblock))));
}

TEST_F(LabMemory, IsRefusedWhereItHoldsNoRegionToKeep) {
  EXPECT_EQ(refusal(spec(true)), "not a daxlab region; create one, or give the path of one");
}

TEST_F(LabMemory, IsRefusedByOtherEngines) {
  for (EngineKind engine : {EngineKind::mmu, EngineKind::baseline}) {
    LabSpec wrong = spec();
    wrong.engine = engine;
    EXPECT_NE(refusal(wrong).find("of the simulator only"), std::string::npos) << refusal(wrong);
  }
}

TEST_F(LabMemory, IsRefusedBesideAFile) {
  LabSpec wrong = spec();
  wrong.medium = MediumKind::file;
  wrong.region_path = "/dev/shm/nothing";
  EXPECT_NE(refusal(wrong).find("exclude each other"), std::string::npos) << refusal(wrong);
}

TEST_F(LabMemory, IsRefusedWhereItIsNotAligned) {
  LabSpec wrong = spec();
  wrong.memory = {memory_.all().data() + 64, length_bytes};
  EXPECT_NE(refusal(wrong).find("not aligned to a page"), std::string::npos) << refusal(wrong);
}

TEST_F(LabMemory, IsRefusedWhereItIsTooSmallOrRagged) {
  LabSpec wrong = spec();
  for (uint64_t size_bytes : {uint64_t{8}, min_region_bytes - page_bytes, length_bytes - 8}) {
    wrong.memory = memory_.all().first(size_bytes);
    EXPECT_NE(refusal(wrong).find("at least 64 KiB"), std::string::npos) << refusal(wrong);
  }
  wrong.memory = memory_.all().first(min_region_bytes);
  EXPECT_EQ(refusal(wrong), "none");
}

TEST_F(LabMemory, IsRefusedWhereAnotherSizeIsAskedFor) {
  LabSpec wrong = spec();
  wrong.region_bytes = 2 * length_bytes;
  EXPECT_NE(refusal(wrong).find("give the same"), std::string::npos) << refusal(wrong);
}

TEST_F(LabMemory, CannotBeKeptWhereThereIsNone) {
  LabSpec wrong = spec(true);
  wrong.memory = {};
  EXPECT_NE(refusal(wrong).find("no memory to keep"), std::string::npos) << refusal(wrong);
}

}  // namespace
}  // namespace daxlab
