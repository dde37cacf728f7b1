// The traps of faults in user space that one thread can fall into, one test each, with every fault
// strategy: each fails when the remedy is taken out of the core or the engine.
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "core/base/kernel_settings.h"
#include "harness/strategies/each_strategy.h"

namespace daxlab {
namespace {

using std::byte;

class Traps : public EachStrategy {
 protected:
  bool holes_are_memory() {
    return lab->facts().fault_delivery == "SIGSEGV alone" && !kernel_has_zero_page();
  }
};

// A block that comes where mappings show zeros must be seen through all of them, with no second
// fault to count on; and the same for write().
TEST_P(Traps, OtherMappingsSeeWhatReplacedTheHole) {
  constexpr uint64_t pages = 128;
  ASSERT_TRUE(file->truncate(pages * page_bytes).ok());
  auto first = map({0, pages});
  auto second = map({0, pages});
  auto part = map({64, 64});
  for (uint64_t page = 0; page < pages; ++page) {
    ASSERT_EQ(first->load(page * page_bytes), 0u);
    ASSERT_EQ(second->load(page * page_bytes), 0u);
    if (page >= 64) {
      ASSERT_EQ(part->load((page - 64) * page_bytes), 0u);
    }
  }
  for (uint64_t page = 0; page < pages; ++page) {
    if (page % 2 == 0) {
      first->store(page * page_bytes, page + 1);
    } else {
      write_word(page * page_bytes, page + 1);
    }
    ASSERT_EQ(second->load(page * page_bytes), page + 1);
    ASSERT_EQ(first->load(page * page_bytes), page + 1);
    if (page >= 64) {
      ASSERT_EQ(part->load((page - 64) * page_bytes), page + 1);
    }
  }
}

TEST_P(Traps, FaultsKeepErrno) {
  ASSERT_TRUE(file->truncate(2 * page_bytes).ok());
  auto view = map({0, 3});
  errno = EXDEV;
  EXPECT_EQ(view->load(0), 0u);
  EXPECT_EQ(errno, EXDEV);
  view->store(page_bytes, 1);
  EXPECT_EQ(errno, EXDEV);
  EXPECT_FALSE(view->try_load(2 * page_bytes).ok());
  EXPECT_EQ(errno, EXDEV);
  // A page that the page cache has already: here a system call of the handler fails on its way.
  auto second = map({0, 1});
  errno = EXDEV;
  EXPECT_EQ(second->load(0), 0u);
  EXPECT_EQ(errno, EXDEV);
}

TEST_P(Traps, PastTheEndIsABusErrorUntilTheFileGrows) {
  ASSERT_TRUE(file->truncate(page_bytes + 8).ok());
  auto view = map({0, 600});
  EXPECT_EQ(view->try_load(2 * page_bytes).code(), ErrorCode::beyond_end);
  EXPECT_EQ(view->try_store(599 * page_bytes, 1).code(), ErrorCode::beyond_end);
  EXPECT_EQ(view->prefault({0, 3 * page_bytes}, false).code(), ErrorCode::beyond_end);
  ASSERT_TRUE(file->truncate(600 * page_bytes).ok());
  EXPECT_EQ(view->try_load(2 * page_bytes).value(), 0u);
  EXPECT_TRUE(view->try_store(599 * page_bytes, 5).ok());
  EXPECT_EQ(read_word(599 * page_bytes), 5u);
  ASSERT_TRUE(file->truncate(page_bytes).ok());
  EXPECT_EQ(view->try_load(599 * page_bytes).code(), ErrorCode::beyond_end);
  ASSERT_TRUE(file->truncate(600 * page_bytes).ok());
  EXPECT_EQ(view->load(599 * page_bytes), 0u) << "old bytes after regrowing";
}

// Bytes stored past the end in the last page must not show up when the file grows over them.
TEST_P(Traps, TheTailOfTheLastPageIsZeroAfterRegrowing) {
  ASSERT_TRUE(file->truncate(page_bytes).ok());
  auto view = map({0, 1});
  for (uint64_t offset = 0; offset < page_bytes; offset += 8) view->store(offset, 9);
  ASSERT_TRUE(file->truncate(24).ok());
  EXPECT_EQ(view->load(24), 0u);
  view->store(32, 77);
  ASSERT_TRUE(file->truncate(page_bytes).ok());
  EXPECT_EQ(read_word(16), 9u);
  EXPECT_EQ(read_word(32), 0u);
  EXPECT_EQ(view->load(32), 0u);
  ASSERT_TRUE(file->truncate(24).ok());
  view->store(32, 78);
  write_word(64, 5);
  EXPECT_EQ(read_word(32), 0u) << "a write past the end left stored bytes in its gap";
}

// A system call on an absent page fails; prefault is the way.
TEST_P(Traps, SystemCallsWorkAfterPrefault) {
  constexpr uint64_t pages = 8;
  ASSERT_TRUE(file->truncate(pages * page_bytes).ok());
  auto view = map({0, pages});
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_TRUE(view->prefault({0, pages * page_bytes}, true).ok());
  EXPECT_EQ(write(ends[1], "abcdefgh", 8), 8);
  EXPECT_EQ(read(ends[0], view->raw() + 3 * page_bytes, 8), 8);
  uint64_t expected;
  std::memcpy(&expected, "abcdefgh", 8);
  EXPECT_EQ(read_word(3 * page_bytes), expected);
  close(ends[0]);
  close(ends[1]);
}

// Our own read and write take buffers in mappings, of the same file even.
TEST_P(Traps, BuffersMayBeMappingsOfTheSameFile) {
  constexpr uint64_t length = 16 * page_bytes;
  ASSERT_TRUE(file->truncate(4 * length).ok());
  auto view = map({0, 64});
  for (uint64_t offset = 0; offset < length; offset += 8) view->store(offset, offset + 1);
  auto from = std::span<const byte>(view->raw(), length);
  ASSERT_EQ(file->write(length, from).value(), length);
  ASSERT_EQ(
      file->write(length * 2, std::span<const byte>(view->raw() + 3 * length, length)).value(),
      length);
  ASSERT_EQ(file->read(0, std::span<byte>(view->raw() + 3 * length, length)).value(), length);
  for (uint64_t offset = 0; offset < length; offset += 8) {
    ASSERT_EQ(read_word(length + offset), offset + 1);
    ASSERT_EQ(read_word(2 * length + offset), 0u);
    ASSERT_EQ(read_word(3 * length + offset), offset + 1);
  }
}

// A program may drop pages of its mapping; what it reads there then is what the file holds.
TEST_P(Traps, PagesThatTheProgramDroppedComeBack) {
  ASSERT_TRUE(file->truncate(4 * page_bytes).ok());
  auto view = map({0, 4});
  view->store(page_bytes, 5);
  for (uint64_t page = 0; page < 4; ++page)
    ASSERT_EQ(view->load(page * page_bytes), page == 1 ? 5u : 0u);
  ASSERT_EQ(madvise(view->raw(), 4 * page_bytes, MADV_DONTNEED), 0);
  for (uint64_t page = 0; page < 4; ++page)
    ASSERT_EQ(view->load(page * page_bytes), page == 1 ? 5u : 0u);
  view->store(0, 6);
  EXPECT_EQ(read_word(0), 6u);
}

TEST_P(Traps, PreallocatingMoreThanTheRegionChangesNothing) {
  uint64_t free_before = lab->files().space_use().free_blocks;
  EXPECT_EQ(file->preallocate({0, uint64_t{1} << 40}).code(), ErrorCode::no_space);
  EXPECT_EQ(file->size_bytes(), 0u);
  EXPECT_EQ(lab->files().space_use().free_blocks, free_before);
}

uint64_t kernel_mappings_in(const View& view) {
  std::ifstream maps("/proc/self/maps");
  uint64_t first = reinterpret_cast<uint64_t>(view.raw());
  uint64_t count = 0;
  for (std::string line; std::getline(maps, line);) {
    uint64_t start = std::stoull(line, nullptr, 16);
    uint64_t end = std::stoull(line.substr(line.find('-') + 1), nullptr, 16);
    if (end > first && start < first + view.length_bytes()) ++count;
  }
  return count;
}

// Holes merge back, and blocks in a row end as one kernel mapping; what we count is what there is.
TEST_P(Traps, KernelMappingsMergeAndAreCounted) {
  if (holes_are_memory()) GTEST_SKIP() << "this kernel has no zero page: holes do not merge back";
  constexpr uint64_t pages = 512;
  ASSERT_TRUE(file->truncate(pages * page_bytes).ok());
  auto view = map({0, pages});
  auto counted = [&] {
    return static_cast<uint64_t>(lab->counters().level(Peak::kernel_mappings));
  };
  for (uint64_t page = 0; page < pages; page += 2) ASSERT_EQ(view->load(page * page_bytes), 0u);
  EXPECT_EQ(kernel_mappings_in(*view), counted()) << "holes read";
  for (uint64_t page = 1; page < pages; page += 2) view->store(page * page_bytes, page);
  EXPECT_EQ(kernel_mappings_in(*view), counted()) << "every other page stored";
  for (uint64_t page = 1; page < pages; page += 2) {
    ASSERT_TRUE(file->punch({page * page_bytes, page_bytes}).ok());
    ASSERT_EQ(view->load(page * page_bytes), 0u);
  }
  EXPECT_EQ(kernel_mappings_in(*view), counted()) << "holes again";
  for (uint64_t page = 0; page < pages; ++page) view->store(page * page_bytes, page + 1);
  EXPECT_EQ(kernel_mappings_in(*view), counted()) << "all stored in order";
}

// Split by stores before anything was read: the parts merge only if the mapping was touched when it
// was made.
TEST_P(Traps, HolesMergeThoughTheFirstAccessWasAStore) {
  if (holes_are_memory()) GTEST_SKIP() << "this kernel has no zero page: holes do not merge back";
  constexpr uint64_t pages = 256;
  ASSERT_TRUE(file->truncate(pages * page_bytes).ok());
  auto view = map({0, pages});
  for (uint64_t page = 1; page < pages; page += 2) view->store(page * page_bytes, page);
  for (uint64_t page = 0; page < pages; ++page)
    ASSERT_EQ(view->load(page * page_bytes), page % 2 * page);
  ASSERT_TRUE(file->punch({0, pages * page_bytes}).ok());
  for (uint64_t page = 0; page < pages; ++page) ASSERT_EQ(view->load(page * page_bytes), 0u);
  EXPECT_EQ(kernel_mappings_in(*view),
            static_cast<uint64_t>(lab->counters().level(Peak::kernel_mappings)));
}

// What one mapping shows, another one must ask for: the kernel must not help itself to a cached
// page.
TEST_P(Traps, EachMappingTakesItsOwnFaults) {
  uint64_t faults_each =
      lab_of(GetParam()).fault == "native_zero" ? 0 : 1;  // there the kernel serves all reads
  ASSERT_TRUE(file->truncate(page_bytes).ok());
  auto first = map({0, 1});
  auto second = map({0, 1});
  EXPECT_EQ(first->load(0), 0u);
  uint64_t before = lab->counters().sum(Counter::faults_read);
  EXPECT_EQ(second->load(0), 0u);
  EXPECT_EQ(lab->counters().sum(Counter::faults_read), before + faults_each);
  EXPECT_EQ(before, faults_each);
}

TEST_P(Traps, SyncFlushesEachBlockThatWasMappedWritable) {
  constexpr uint64_t pages = 32;
  ASSERT_TRUE(file->truncate(pages * page_bytes).ok());
  auto view = map({0, pages});
  for (uint64_t page = 0; page < pages; ++page) view->store(page * page_bytes, page + 1);
  Counters& counters = lab->counters();
  auto flushed_by = [&](auto call) {
    uint64_t before = counters.sum(Counter::flushes);
    EXPECT_TRUE(call().ok());
    return counters.sum(Counter::flushes) - before;
  };
  EXPECT_EQ(flushed_by([&] { return file->sync(); }), pages * 64);
  EXPECT_EQ(flushed_by([&] {
              return view->sync({0, 4 * page_bytes});
            }),
            4u * 64)
      << "still mapped writable: stores may have come without a fault";
  view.reset();
  EXPECT_EQ(flushed_by([&] { return file->sync(); }), pages * 64)
      << "stores made before the view went";
  EXPECT_EQ(flushed_by([&] { return file->sync(); }), 0u);
}

INSTANTIATE_TEST_SUITE_P(Strategies, Traps, testing::ValuesIn(fault_variants()), test_name);
INSTANTIATE_TEST_SUITE_P(WithAtomicWrites, Traps, testing::ValuesIn(fault_variants_with("atomic")),
                         test_name);

}  // namespace
}  // namespace daxlab
