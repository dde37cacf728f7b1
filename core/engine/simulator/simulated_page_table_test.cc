// Entries of both sizes: made, walked, taken apart and taken out.
#include "core/engine/simulator/simulated_page_table.h"

#include "core/engine/simulator/simulated_mapping_test.h"

namespace daxlab {
namespace {

ShownPage block(uint64_t number, bool writable = false) {
  return {.what = ShownPage::What::block, .writable = writable, .frame = number};
}

class PageTable : public SimulatedFile {
 protected:
  static constexpr uint64_t first_address = uint64_t{1} << 40;
  SimulatedPageTable table_{first_address};
  std::unique_ptr<Mapping> mapping_ = mapping_of({0, 2 * huge_pages + 8});
  uint64_t start_ = table_.reserve(*mapping_);

  uint64_t at(uint64_t page) const { return start_ + page * page_bytes; }
  std::vector<PageTableEntry> entries() const {
    std::vector<PageTableEntry> all;
    table_.for_each_entry([&](const Mapping& mapping, const PageTableEntry& entry) {
      EXPECT_EQ(&mapping, mapping_.get());
      all.push_back(entry);
    });
    return all;
  }
};

TEST_F(PageTable, IsEmptyAtFirst) {
  EXPECT_EQ(table_.access(at(0), false), std::nullopt);
  EXPECT_EQ(table_.access(at(2 * huge_pages), false), std::nullopt);
  EXPECT_TRUE(entries().empty());
}

TEST_F(PageTable, ShowsOnePage) {
  ASSERT_TRUE(table_.insert(at(3), 1, block(7)).ok());
  EXPECT_EQ(table_.access(at(3) + 8, false)->frame, 7u);
  EXPECT_EQ(table_.access(at(2), false), std::nullopt);
  EXPECT_EQ(table_.access(at(4), false), std::nullopt);
  ASSERT_EQ(entries().size(), 1u);
  EXPECT_EQ(entries()[0].address, at(3));
}

TEST_F(PageTable, StoresNeedAWritableEntry) {
  ASSERT_TRUE(table_.insert(at(3), 1, block(7)).ok());
  EXPECT_EQ(table_.access(at(3), true), std::nullopt);
  ASSERT_TRUE(table_.insert(at(3), 1, block(7, true)).ok());
  EXPECT_EQ(table_.access(at(3), true)->frame, 7u);
}

TEST_F(PageTable, LoadsMarkAccessedAndStoresDirty) {
  ASSERT_TRUE(table_.insert(at(0), 2, block(7, true)).ok());
  EXPECT_FALSE(table_.look(at(0))->accessed);
  ASSERT_TRUE(table_.access(at(0), false));
  EXPECT_TRUE(table_.look(at(0))->accessed);
  EXPECT_FALSE(table_.look(at(0))->dirty);
  ASSERT_TRUE(table_.access(at(0), true));
  EXPECT_TRUE(table_.look(at(0))->dirty);
  EXPECT_FALSE(table_.look(at(1))->accessed) << "another entry";
  ASSERT_TRUE(table_.insert(at(0), 1, block(7, true)).ok());
  EXPECT_FALSE(table_.look(at(0))->dirty) << "a new entry";
}

TEST_F(PageTable, AnAlignedRunIsOneEntry) {
  ASSERT_TRUE(table_.insert(at(huge_pages), huge_pages, block(512, true)).ok());
  ASSERT_EQ(entries().size(), 1u);
  EXPECT_EQ(entries()[0].pages, huge_pages);
  EXPECT_EQ(entries()[0].shows, block(512, true));
  EXPECT_EQ(table_.access(at(huge_pages + 5), false)->frame, 517u);
  EXPECT_EQ(table_.access(at(huge_pages - 1), false), std::nullopt);
  EXPECT_EQ(table_.access(at(2 * huge_pages), false), std::nullopt);
}

TEST_F(PageTable, ARunOverSeveralIsCutAtTheirEdges) {
  ASSERT_TRUE(table_.insert(at(huge_pages - 2), huge_pages + 4, block(510)).ok());
  ASSERT_EQ(entries().size(), 5u);
  EXPECT_EQ(entries()[2].pages, huge_pages);
  for (uint64_t page = huge_pages - 2; page < 2 * huge_pages + 2; ++page) {
    ASSERT_EQ(table_.look(at(page))->frame, 510 + page - (huge_pages - 2)) << page;
  }
}

TEST_F(PageTable, BlocksThatAreNotAlignedNeedOneEntryEach) {
  ASSERT_TRUE(table_.insert(at(0), huge_pages, block(100)).ok());
  EXPECT_EQ(entries().size(), huge_pages);
  EXPECT_EQ(table_.look(at(511))->frame, 611u);
}

TEST_F(PageTable, ZerosOfTheKernelAreHugeAndOwnOnesAreNot) {
  ASSERT_TRUE(table_.insert(at(0), huge_pages, {}).ok());
  ASSERT_TRUE(table_.insert(at(huge_pages), huge_pages, {.what = ShownPage::What::own_zero}).ok());
  EXPECT_EQ(entries().size(), 1 + huge_pages);
  EXPECT_EQ(table_.look(at(huge_pages + 4))->frame, 4u);
}

TEST_F(PageTable, TakingOutAPartTakesTheEntryApart) {
  ASSERT_TRUE(table_.insert(at(0), huge_pages, block(512, true)).ok());
  ASSERT_TRUE(table_.access(at(9), true));
  ASSERT_TRUE(table_.remove(at(5), 2).ok());
  EXPECT_EQ(entries().size(), huge_pages - 2);
  for (uint64_t page = 0; page < huge_pages; ++page) {
    const auto shown = table_.look(at(page));
    ASSERT_EQ(shown.has_value(), page != 5 && page != 6) << page;
    if (!shown) continue;
    ASSERT_EQ(shown->frame, 512 + page);
    ASSERT_TRUE(shown->writable && shown->dirty) << "a store anywhere in it made all of it dirty";
  }
}

TEST_F(PageTable, ReplacingAPartTakesTheEntryApart) {
  ASSERT_TRUE(table_.insert(at(0), huge_pages, {}).ok());
  ASSERT_TRUE(table_.insert(at(4), 1, block(7, true)).ok());
  EXPECT_EQ(table_.look(at(4)), block(7, true));
  EXPECT_EQ(table_.look(at(3)), ShownPage());
  EXPECT_EQ(table_.look(at(5)), ShownPage());
}

TEST_F(PageTable, AWholeEntryReplacesSmallOnesAndGoesWhole) {
  ASSERT_TRUE(table_.insert(at(4), 3, block(7)).ok());
  ASSERT_TRUE(table_.insert(at(0), huge_pages, block(512)).ok());
  EXPECT_EQ(table_.look(at(4))->frame, 516u);
  ASSERT_TRUE(table_.remove(at(0), huge_pages).ok());
  EXPECT_TRUE(entries().empty());
  ASSERT_TRUE(table_.insert(at(1), 1, block(9)).ok());
  EXPECT_EQ(entries().size(), 1u) << "what was there before the large entry is gone for ever";
}

TEST_F(PageTable, AddressesAreCongruentToOffsetsAndNeverUsedTwice) {
  const uint64_t end = start_ + mapping_->range().pages * page_bytes;
  std::unique_ptr<Mapping> other = mapping_of({huge_pages + 3, 10});
  const uint64_t there = table_.reserve(*other);
  EXPECT_EQ(there / page_bytes % huge_pages, 3u);
  EXPECT_GE(there, end);
  ASSERT_TRUE(table_.insert(there, 1, block(7)).ok());
  table_.give_back(there);
  EXPECT_TRUE(entries().empty());
  EXPECT_GT(table_.reserve(*other), there);
}

TEST_F(PageTable, AddressesAreWhereAMappingWantsThem) {
  std::unique_ptr<Mapping> other = mapping_of({3, 10});
  other->set_congruent_to(16 * page_bytes);
  EXPECT_EQ(table_.reserve(*other) / page_bytes % huge_pages, 16u);
}

TEST_F(PageTable, TellsWhatAPageShows) {
  EXPECT_EQ(to_text(block(17)), "block 17, read-only");
  ShownPage stored = block(17, true);
  stored.accessed = stored.dirty = true;
  EXPECT_EQ(to_text(stored), "block 17, writable, dirty");
  EXPECT_EQ(to_text(ShownPage{.accessed = true}), "the kernel's zero page, read-only, accessed");
}

}  // namespace
}  // namespace daxlab
