// What `atomic` promises while nothing crashes, with every fault strategy: stores beside it are not
// lost, concurrent writes of one page both survive, and what it refuses has changed nothing.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <thread>

#include "harness/strategies/each_strategy.h"

namespace daxlab {
namespace {

using std::byte;

std::vector<byte> numbered(uint64_t length_bytes, uint64_t first) {
  std::vector<byte> bytes(length_bytes);
  for (uint64_t i = 0; i < length_bytes; ++i) {
    bytes[i] = static_cast<byte>(first + i * 7 + i / 251);
  }
  return bytes;
}

std::vector<byte> read_all(File& file, ByteRange range) {
  std::vector<byte> bytes(range.length_bytes);
  EXPECT_EQ(file.read(range.offset_bytes, bytes).value(), bytes.size());
  return bytes;
}

class AtomicWrites : public EachStrategy {};

// Two threads store through mappings of their own to words around what is written: in the pages
// that the writes share with them, and in one that they never touch.
TEST_P(AtomicWrites, StoresAroundThemAreNotLost) {
  constexpr uint64_t pages = 4;
  constexpr uint64_t rounds = 2000;
  ASSERT_TRUE(file->truncate(pages * page_bytes).ok());
  std::atomic<uint64_t> storing{2};
  std::vector<std::jthread> threads;
  std::vector<std::unique_ptr<View>> views;
  for (uint64_t i = 0; i < 2; ++i) views.push_back(map({0, pages}));
  for (uint64_t i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      std::array<uint64_t, pages> last{};
      for (uint64_t round = 1; round <= rounds; ++round) {
        uint64_t page = round % pages;
        uint64_t at = page * page_bytes + 2048 + 8 * i;
        EXPECT_EQ(views[i]->load(at), last[page]) << "page " << page << ", round " << round;
        views[i]->store(at, round);
        last[page] = round;
      }
      --storing;
    });
  }
  std::vector<byte> data(page_bytes - 2000);
  uint64_t writes = 0;
  while (storing.load() > 0) {
    uint64_t page = writes++ % 2;  // from the end of a page to the start of the next
    std::fill(data.begin(), data.end(), static_cast<byte>(writes));
    ASSERT_TRUE(file->write(page * page_bytes + 3000, data).ok());
    ASSERT_EQ(read_all(*file, {page * page_bytes + 3000, data.size()}), data);
  }
  threads.clear();
  for (uint64_t i = 0; i < 2; ++i) {
    for (uint64_t page = 0; page < pages; ++page) {
      uint64_t last = page == 0 ? rounds : rounds - pages + page;
      EXPECT_EQ(read_word(page * page_bytes + 2048 + 8 * i), last) << "page " << page;
    }
  }
}

TEST_P(AtomicWrites, WritesOfDifferentBytesOfOnePageBothSurvive) {
  constexpr uint64_t rounds = 1000;
  auto view = map({0, 1});
  auto write_own = [&](uint64_t thread) {
    for (uint64_t round = 1; round <= rounds; ++round) {
      write_word(thread * 1000, round);
      EXPECT_EQ(read_word(thread * 1000), round);
    }
  };
  {
    std::jthread first([&] { write_own(1); });
    std::jthread second([&] { write_own(2); });
    write_own(3);
  }
  for (uint64_t thread = 1; thread <= 3; ++thread) {
    EXPECT_EQ(read_word(thread * 1000), rounds);
    EXPECT_EQ(view->load(thread * 1000), rounds);
  }
}

// The buffer is a mapping of the bytes that are replaced: its faults come while blocks are staged.
TEST_P(AtomicWrites, TheBufferMayBeAMappingOfWhatIsReplaced) {
  constexpr uint64_t length = 16 * page_bytes;
  std::vector<byte> before = numbered(length, 1);
  ASSERT_TRUE(file->write(0, before).ok());
  ASSERT_TRUE(file->punch({4 * page_bytes, page_bytes}).ok());
  std::fill_n(before.begin() + 4 * page_bytes, page_bytes, byte{0});
  auto view = map({0, 16});
  constexpr uint64_t shift = 1000;
  auto from = std::span<const byte>(view->raw(), length - shift);
  ASSERT_EQ(file->write(shift, from).value(), from.size());
  std::vector<byte> expected(before.begin(), before.begin() + shift);
  expected.insert(expected.end(), before.begin(), before.end() - shift);
  EXPECT_EQ(read_all(*file, {0, length}), expected);
  EXPECT_EQ(std::memcmp(view->raw(), expected.data(), length), 0);
}

// 2 MiB that start within a page end in the 513th.
TEST_P(AtomicWrites, TheLongestWriteAtAnOddPlace) {
  ASSERT_EQ(file->max_write_bytes(), uint64_t{2} << 20);
  constexpr uint64_t size = 515 * page_bytes;
  std::vector<byte> expected = numbered(size, 3);
  ASSERT_TRUE(file->write(0, std::span(expected).first(size / 2)).ok());
  ASSERT_TRUE(file->write(size / 2, std::span(expected).subspan(size / 2)).ok());
  auto view = map({0, 515});
  view->store(0, 77);
  view->store(size - 8, 78);
  uint64_t words[] = {77, 78};
  std::memcpy(expected.data(), &words[0], 8);
  std::memcpy(expected.data() + size - 8, &words[1], 8);
  std::vector<byte> data = numbered(file->max_write_bytes(), 9);
  constexpr uint64_t at = page_bytes + 1234;
  ASSERT_EQ(file->write(at, data).value(), data.size());
  std::copy(data.begin(), data.end(), expected.begin() + at);
  EXPECT_EQ(read_all(*file, {0, size}), expected);
  EXPECT_EQ(std::memcmp(view->raw(), expected.data(), size), 0);
}

TEST_P(AtomicWrites, LongerOnesAreRefusedAndChangeNothing) {
  write_word(0, 5);
  uint64_t free_before = lab->files().space_use().free_blocks;
  std::vector<byte> data(file->max_write_bytes() + 1, byte{1});
  EXPECT_EQ(file->write(0, data).code(), ErrorCode::too_big);
  EXPECT_EQ(file->write(8, data).code(), ErrorCode::too_big);
  EXPECT_EQ(file->size_bytes(), 8u);
  EXPECT_EQ(read_word(0), 5u);
  EXPECT_EQ(lab->files().space_use().free_blocks, free_before);
}

// What was stored behind the end of the file is not seen when a write leaves a gap there.
TEST_P(AtomicWrites, AGapBeforeAWriteIsZeros) {
  for (uint64_t at : {uint64_t{300}, 5 * page_bytes + 300}) {
    ASSERT_TRUE(file->truncate(0).ok());
    std::vector<byte> start(96, byte{0x11}), data(64, byte{0x22});
    ASSERT_TRUE(file->write(0, start).ok());
    auto view = map({0, 8});
    view->store(96, 7);
    view->store(296, 7);
    view->store(304 + 64, 7);
    ASSERT_TRUE(file->write(at, data).ok());
    ASSERT_EQ(file->size_bytes(), at + data.size());
    std::vector<byte> expected(8 * page_bytes);
    std::copy(start.begin(), start.end(), expected.begin());
    std::copy(data.begin(), data.end(), expected.begin() + static_cast<ptrdiff_t>(at));
    ASSERT_TRUE(file->truncate(8 * page_bytes).ok());
    EXPECT_EQ(read_all(*file, {0, 8 * page_bytes}), expected);
    EXPECT_EQ(std::memcmp(view->raw(), expected.data(), expected.size()), 0);
  }
}

// A reader holds blocks that are replaced and go to another file at once: it may see old bytes or
// new ones, never the other file's.
TEST_P(AtomicWrites, AReaderOfReplacedBlocksNeverSeesTheNextOwnersBytes) {
  constexpr uint64_t length = 64 * page_bytes;
  auto other = lab->files().create("other").take();
  std::vector<byte> mine(length, byte{0x11}), theirs(length, byte{0x22});
  ASSERT_TRUE(file->write(0, mine).ok());
  std::atomic<bool> stop{false};
  std::jthread reading([&] {
    std::vector<byte> seen(length);
    while (!stop.load()) {
      EXPECT_EQ(file->read(0, seen).value(), length);
      EXPECT_EQ(std::find(seen.begin(), seen.end(), byte{0x22}), seen.end());
    }
  });
  for (int round = 0; round < 200; ++round) {
    EXPECT_TRUE(file->write(0, mine).ok());
    EXPECT_TRUE(other->write(0, theirs).ok());
    EXPECT_TRUE(other->truncate(0).ok());
  }
  stop.store(true);
  reading.join();
  other.reset();
  ASSERT_TRUE(lab->files().unlink("other").ok());
}

INSTANTIATE_TEST_SUITE_P(Strategies, AtomicWrites, testing::ValuesIn(fault_variants_with("atomic")),
                         test_name);

// Even overwriting takes space, for as long as it lasts.
TEST(AtomicWritesInAFullRegion, AreRefusedAndChangeNothing) {
  auto lab = make_lab({.write = "atomic", .region_bytes = uint64_t{512} << 10});
  FileSystem& files = lab->files();
  auto file = files.create("file").take();
  uint64_t pages = files.space_use().free_blocks * 3 / 5;
  std::vector<byte> data = numbered(pages * page_bytes - 100, 1);
  ASSERT_TRUE(file->write(0, data).ok());
  uint64_t free_before = files.space_use().free_blocks;
  std::vector<byte> other = numbered(data.size(), 100);
  EXPECT_EQ(file->write(0, other).code(), ErrorCode::no_space);
  EXPECT_EQ(file->write(50, other).code(), ErrorCode::no_space);
  EXPECT_EQ(file->write(data.size() + page_bytes, other).code(), ErrorCode::no_space);
  EXPECT_EQ(file->size_bytes(), data.size());
  EXPECT_EQ(files.space_use().free_blocks, free_before);
  EXPECT_EQ(read_all(*file, {0, data.size()}), data);
  // Half of it fits.
  ASSERT_TRUE(file->write(0, std::span(other).first(other.size() / 2)).ok());
  std::copy_n(other.begin(), other.size() / 2, data.begin());
  EXPECT_EQ(read_all(*file, {0, data.size()}), data);
  SpaceUse use = files.space_use();
  EXPECT_EQ(use.free_blocks, free_before);
  EXPECT_EQ(use.used_blocks + use.free_blocks, use.total_blocks);
  EXPECT_EQ(lab->failure(), std::nullopt) << *lab->failure();
}

}  // namespace
}  // namespace daxlab
