// The engine alone: what loads and stores meet for each state of a page, with a handler in place of
// strategies.
#include "core/engine/simulator/simulated_address_space.h"

#include <algorithm>

#include "core/engine/simulator/simulated_mapping_test.h"
#include "core/engine/simulator/simulated_page_cache.h"
#include "core/sync/schedule.h"

namespace daxlab {
namespace {

// Says of which simulated process the thread is; nobody to give way to.
class InProcess final : public Schedule {
 public:
  explicit InProcess(uint32_t process) : process_(process) { set_schedule_of_thread(this); }
  ~InProcess() { set_schedule_of_thread(nullptr); }
  uint32_t step(StepKind, const void*, SourceLocation) noexcept override { return 1; }
  void keep_for_later(std::function<void()> act) noexcept override { act(); }
  void has_done(StepKind) noexcept override {}
  void wait_while(std::atomic<uint32_t>&, uint32_t) noexcept override { ADD_FAILURE(); }
  void wake(std::atomic<uint32_t>&, bool) noexcept override {}
  void has_locked(const void*, SourceLocation) noexcept override {}
  void has_unlocked(const void*) noexcept override {}
  uint32_t process() const noexcept override { return process_; }

 private:
  const uint32_t process_;
};

// core/DESIGN.md, "What a page of a mapping can be", line by line.

TEST_F(SimulatedEngine, BackingFaults) {
  Mapping& mapping = map();
  expect_fault(mapping, 0, false);
  expect_fault(mapping, 0, true);
  EXPECT_EQ(state_after_removal(mapping, 0), PageState::backing);
}

TEST_F(SimulatedEngine, BackingThatTheKernelServesIsZeros) {
  Mapping& mapping = map(HoleBacking::kernel_zero);
  expect_word(mapping, 0, 0);
  expect_fault(mapping, 0, true);
  EXPECT_EQ(state_after_removal(mapping, 0), PageState::none);
  expect_fault(mapping, 0, false);
}

TEST_F(SimulatedEngine, TheKernelServesNothingPastTheEndOfTheFile) {
  Mapping& mapping = map(HoleBacking::kernel_zero, {0, pages}, 3);
  expect_word(mapping, 2, 0);
  expect_fault(mapping, 3, false);
  EXPECT_EQ(mapping.entry(3).state, PageState::none);
}

TEST_F(SimulatedEngine, KernelZero) {
  Mapping& mapping = map();
  show(mapping, {0, 2}, PageState::kernel_zero);
  expect_word(mapping, 1, 0);
  expect_fault(mapping, 1, true);
  EXPECT_EQ(state_after_removal(mapping, 1), PageState::backing);
  Mapping& served = map(HoleBacking::kernel_zero);
  show(served, {0, 1}, PageState::kernel_zero);
  EXPECT_EQ(state_after_removal(served, 0), PageState::none);
}

TEST_F(SimulatedEngine, OwnZero) {
  Mapping& mapping = map();
  show(mapping, {0, 2}, PageState::own_zero);
  EXPECT_EQ(addresses_.shown_at(mapping, 1)->frame, 1u);
  expect_word(mapping, 1, 0);
  expect_fault(mapping, 1, true);
  EXPECT_EQ(state_after_removal(mapping, 1), PageState::none);
}

TEST_F(SimulatedEngine, Cached) {
  Mapping& mapping = map(HoleBacking::page_cache);
  for (uint64_t page : {0u, 1u}) ASSERT_TRUE(file_.cache.add(page).ok());
  show(mapping, {0, 2}, PageState::cached);
  expect_word(mapping, 1, 0);
  expect_fault(mapping, 1, true);
  EXPECT_EQ(SimulatedPageCache::pgoff_of(
                reinterpret_cast<std::byte*>(addresses_.shown_at(mapping, 1)->frame)),
            1u);
  file_.cache.address_of(1)[16] = std::byte{5};  // as a wrong strategy would
  expect_word(mapping, 1, 5);
  EXPECT_EQ(state_after_removal(mapping, 1), PageState::backing);
  Mapping& trap = map();
  show(trap, {0, 1}, PageState::cached);
  EXPECT_EQ(state_after_removal(trap, 0), PageState::none);
}

TEST_F(SimulatedEngine, BlockReadOnly) {
  Mapping& mapping = map();
  *word_of_block(block + 1, 16) = 77;
  show(mapping, {0, 2}, PageState::block_ro, block);
  expect_word(mapping, 1, 77);
  expect_fault(mapping, 1, true);
  EXPECT_EQ(*word_of_block(block + 1, 16), 77u);
  EXPECT_EQ(state_after_removal(mapping, 1), PageState::none);
}

TEST_F(SimulatedEngine, BlockWritable) {
  Mapping& mapping = map();
  show(mapping, {0, 2}, PageState::block_rw, block);
  ASSERT_TRUE(store(mapping, 1, 78).ok());
  EXPECT_EQ(*word_of_block(block + 1, 16), 78u);
  expect_word(mapping, 1, 78);
  EXPECT_TRUE(addresses_.shown_at(mapping, 1)->dirty);
  EXPECT_FALSE(addresses_.shown_at(mapping, 0)->dirty);
  EXPECT_EQ(state_after_removal(mapping, 1), PageState::none);
}

TEST_F(SimulatedEngine, NoneStaysNoneUntilSomethingIsShown) {
  Mapping& mapping = map();
  show(mapping, {0, 1}, PageState::block_rw, block);
  EXPECT_EQ(state_after_removal(mapping, 0), PageState::none);
  EXPECT_EQ(state_after_removal(mapping, 0), PageState::none);
  expect_fault(mapping, 0, false);
  show(mapping, {0, 1}, PageState::kernel_zero);
  expect_word(mapping, 0, 0);
}

TEST_F(SimulatedEngine, TheKernelsZeroPageDoesNotGoIntoThePageCache) {
  Mapping& mapping = map(HoleBacking::page_cache);
  EXPECT_EQ(addresses_.insert_kernel_zero(mapping, {0, 1}).code(), ErrorCode::unsupported);
  EXPECT_EQ(addresses_.shown_at(mapping, 0), std::nullopt);
}

TEST_F(SimulatedEngine, AServedFaultRepeatsTheAccess) {
  Mapping& mapping = map();
  handler_.action = [&](Mapping& faulted, uint64_t address, bool write) {
    EXPECT_EQ(address % page_bytes, 0u);
    show(faulted, {faulted.pgoff_of(address), 1}, write ? PageState::block_rw : PageState::block_ro,
         block);
    return Status{};
  };
  *word_of_block(block, 16) = 5;
  EXPECT_EQ(load(mapping, 3).value(), 5u);
  ASSERT_TRUE(store(mapping, 3, 6).ok());
  EXPECT_EQ(load(mapping, 3).value(), 6u);
  EXPECT_EQ(handler_.faults, 2u);
}

TEST_F(SimulatedEngine, MappingsOfOneFileAreApart) {
  Mapping& one = map();
  Mapping& other = map(HoleBacking::trap, {4, pages});
  show(one, {4, 1}, PageState::block_rw, block);
  expect_fault(other, 4, false);
  show(other, {4, 1}, PageState::block_ro, block);
  ASSERT_TRUE(store(one, 4, 9).ok());
  expect_word(other, 4, 9);
  ASSERT_TRUE(addresses_.remove(one, {4, 1}).ok());
  expect_word(other, 4, 9);
}

// What a core shows that forgets to take a page out, or takes out its entry only.
TEST_F(SimulatedEngine, WhatIsNotRemovedStaysVisible) {
  Mapping& mapping = map();
  *word_of_block(block, 16) = 5;
  show(mapping, {0, 1}, PageState::block_rw, block);
  mapping.set_entries({0, 1}, {PageState::none, 0});
  expect_word(mapping, 0, 5);
  ASSERT_TRUE(store(mapping, 0, 6).ok());
  EXPECT_EQ(*word_of_block(block, 16), 6u);
  EXPECT_EQ(addresses_.difference_from_entries().value_or("none").substr(0, 37),
            "file page 0 of the mapping at 0x10000");
  EXPECT_NE(addresses_.difference_from_entries()->find(
                "the page table shows block 600, writable, its entry says nothing"),
            std::string::npos)
      << *addresses_.difference_from_entries();
}

TEST_F(SimulatedEngine, AStaleCachedPageShowsWhoeverHasItsMemoryNow) {
  Mapping& mapping = map(HoleBacking::page_cache);
  ASSERT_TRUE(file_.cache.add(0).ok());
  show(mapping, {0, 1}, PageState::cached);
  ASSERT_TRUE(file_.cache.remove({0, 1}).ok());
  expect_word(mapping, 0, 0);
  EXPECT_NE(addresses_.difference_from_entries(), std::nullopt);
  ASSERT_TRUE(file_.cache.add(5).ok());
  file_.cache.address_of(5)[16] = std::byte{7};
  expect_word(mapping, 0, 7);
}

TEST_F(SimulatedEngine, EntriesAndPageTableAgreeAtRest) {
  Mapping& mapping = map(HoleBacking::trap, {0, 2 * huge_pages}, 2 * huge_pages);
  ASSERT_TRUE(file_.cache.add(600).ok());
  show(mapping, {0, huge_pages}, PageState::block_rw, 512);
  show(mapping, {600, 1}, PageState::cached);
  show(mapping, {700, 3}, PageState::own_zero);
  show(mapping, {800, 3}, PageState::kernel_zero);
  EXPECT_EQ(addresses_.difference_from_entries(), std::nullopt);
  uint64_t huge_entries = 0, small_entries = 0;
  addresses_.for_each_entry([&](uint32_t process, const Mapping&, const PageTableEntry& entry) {
    EXPECT_EQ(process, 0u);
    ++(entry.pages == huge_pages ? huge_entries : small_entries);
  });
  EXPECT_EQ(huge_entries, 1u);
  EXPECT_EQ(small_entries, 7u);
  ASSERT_TRUE(addresses_.remove(mapping, {5, 1}).ok());
  EXPECT_EQ(addresses_.difference_from_entries(), std::nullopt);
  ASSERT_TRUE(addresses_.clear(mapping, mapping.range()).ok());
  EXPECT_EQ(addresses_.difference_from_entries(), std::nullopt);
  expect_fault(mapping, 0, false);
}

TEST_F(SimulatedEngine, ProcessesSeeEachOthersStoresThroughTheFile) {
  Mapping& parent = map();
  show(parent, {0, 1}, PageState::block_rw, block);
  ASSERT_TRUE(store(parent, 0, 5).ok());
  Mapping* child = nullptr;
  {
    InProcess in_child(1);
    child = &map();
    expect_fault(*child, 0, false);  // its page table is its own
    show(*child, {0, 1}, PageState::block_rw, block);
    expect_word(*child, 0, 5);
    ASSERT_TRUE(store(*child, 0, 6).ok());
  }
  expect_word(parent, 0, 6);
  EXPECT_EQ(addresses_.difference_from_entries(), std::nullopt);
  // Another process takes a page out of every process's page table.
  ASSERT_TRUE(addresses_.remove(*child, {0, 1}).ok());
  InProcess in_child(1);
  expect_fault(*child, 0, false);
}

using SimulatedEngineDeathTest = SimulatedEngine;

TEST_F(SimulatedEngineDeathTest, AMappingOfAnotherProcessIsOutOfReach) {
  Mapping& parent = map();
  show(parent, {0, 1}, PageState::block_rw, block);
  InProcess in_child(1);
  const char* message = "a thread of simulated process 1 touches a mapping of process 0";
  EXPECT_DEATH((void)load(parent, 0), message);
  EXPECT_DEATH((void)store(parent, 0, 1), message);
}

}  // namespace
}  // namespace daxlab
