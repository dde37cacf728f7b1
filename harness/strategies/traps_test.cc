// The traps of faults in user space, one test each, with every fault strategy: each fails when the
// remedy is taken out of the core or the engine.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <barrier>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <thread>

#include "core/base/stopwatch.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

using std::byte;

class Traps : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<Lab> lab = make_lab({.fault = GetParam()});
  std::unique_ptr<File> file = lab->files().create("file").take();

  void TearDown() override {
    EXPECT_EQ(lab->failure(), std::nullopt) << *lab->failure();
    file.reset();
    ASSERT_TRUE(lab->files().unlink("file").ok());
    SpaceUse use = lab->files().space_use();
    EXPECT_EQ(use.used_blocks + use.free_blocks, use.total_blocks);
  }
  std::unique_ptr<View> map(PageRange range) { return file->map(range).take(); }
  void write_word(uint64_t offset, uint64_t value) {
    auto written = file->write(offset, std::as_bytes(std::span(&value, 1)));
    ASSERT_TRUE(written.ok());
    ASSERT_EQ(written.value(), sizeof value);
  }
  uint64_t read_word(uint64_t offset) {
    uint64_t value = ~uint64_t{0};
    auto done = file->read(offset, std::as_writable_bytes(std::span(&value, 1)));
    EXPECT_TRUE(done.ok() && done.value() == sizeof value);
    return value;
  }
};

// write() reserves a block for a hole while a store through a mapping gets one published: without a
// recheck under the page lock one of the two is lost.
TEST_P(Traps, WriteIntoAHoleMeetsAStore) {
  constexpr uint64_t pages = 1500;
  ASSERT_TRUE(file->truncate(pages * page_bytes).ok());
  auto view = map({0, pages});
  std::barrier<> together(2);
  std::jthread storing([&] {
    for (uint64_t page = 0; page < pages; ++page) {
      together.arrive_and_wait();
      view->store(page * page_bytes + 64, page + 1);
    }
  });
  for (uint64_t page = 0; page < pages; ++page) {
    together.arrive_and_wait();
    write_word(page * page_bytes + 128, page + 7);
  }
  storing.join();
  for (uint64_t page = 0; page < pages; ++page) {
    ASSERT_EQ(read_word(page * page_bytes + 64), page + 1) << "the store to page " << page;
    ASSERT_EQ(view->load(page * page_bytes + 128), page + 7) << "the write to page " << page;
  }
}

// Several threads store to one hole page at once; no store may go to a page that is thrown away.
TEST_P(Traps, StoresToOneHoleFromManyThreads) {
  constexpr uint64_t pages = 600;
  constexpr uint64_t threads = 3;
  ASSERT_TRUE(file->truncate(pages * page_bytes).ok());
  std::vector<std::unique_ptr<View>> views;
  for (uint64_t i = 0; i < 2; ++i) views.push_back(map({0, pages}));
  std::barrier<> together(threads);
  {
    std::vector<std::jthread> crowd;
    for (uint64_t thread = 0; thread < threads; ++thread) {
      crowd.emplace_back([&, thread] {
        for (uint64_t page = 0; page < pages; ++page) {
          View& view = *views[(thread + page) % 2];
          EXPECT_EQ(view.load(page * page_bytes + 8 * (threads + thread)), 0u);
          together.arrive_and_wait();
          view.store(page * page_bytes + 8 * thread, page * threads + thread + 1);
        }
      });
    }
  }
  for (uint64_t page = 0; page < pages; ++page) {
    for (uint64_t thread = 0; thread < threads; ++thread) {
      for (auto& view : views) {
        ASSERT_EQ(view->load(page * page_bytes + 8 * thread), page * threads + thread + 1);
      }
    }
  }
}

// A reader copies from blocks that are punched and given to another file meanwhile: it may see old
// bytes or zeros, never the other file's.
TEST_P(Traps, ReadNeverSeesTheNextOwnersBytes) {
  constexpr uint64_t length = 64 * page_bytes;
  auto other = lab->files().create("other").take();
  std::vector<byte> mine(length, byte{0x11});
  std::vector<byte> theirs(length, byte{0x22});
  std::atomic<bool> stop{false};
  std::jthread reading([&] {
    std::vector<byte> seen(length);
    while (!stop.load()) {
      auto done = file->read(0, seen);
      EXPECT_TRUE(done.ok());
      bool foreign = std::find(seen.begin(), seen.end(), byte{0x22}) != seen.end();
      EXPECT_FALSE(foreign);
      if (foreign) break;
    }
  });
  for (int round = 0; round < 300; ++round) {
    ASSERT_TRUE(file->write(0, mine).ok());
    ASSERT_TRUE(file->punch({0, length}).ok());
    ASSERT_TRUE(other->write(0, theirs).ok());
    ASSERT_TRUE(other->truncate(0).ok());
  }
  stop.store(true);
  reading.join();
  other.reset();
  ASSERT_TRUE(lab->files().unlink("other").ok());
}

// The same from the writer's side: its bytes must not land in the next owner's block.
TEST_P(Traps, WriteNeverLandsInTheNextOwnersBlock) {
  constexpr uint64_t length = 64 * page_bytes;
  auto other = lab->files().create("other").take();
  std::vector<byte> mine(length, byte{0x11});
  std::vector<byte> theirs(length, byte{0x22});
  ASSERT_TRUE(file->write(0, mine).ok());
  std::atomic<bool> stop{false};
  std::jthread writing([&] {
    while (!stop.load()) EXPECT_TRUE(file->write(0, mine).ok());
  });
  std::vector<byte> seen(length);
  for (int round = 0; round < 300; ++round) {
    ASSERT_TRUE(file->punch({0, length}).ok());
    ASSERT_TRUE(other->write(0, theirs).ok());
    ASSERT_TRUE(other->read(0, seen).ok());
    ASSERT_EQ(seen, theirs);
    ASSERT_TRUE(other->truncate(0).ok());
  }
  stop.store(true);
  writing.join();
  other.reset();
  ASSERT_TRUE(lab->files().unlink("other").ok());
}

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

// From block back to hole while others read: a read that comes between taking the block out and
// arming the hole must not be served zeros for good.
TEST_P(Traps, PunchedPagesFaultAgainForTheNextBlock) {
  ASSERT_TRUE(file->truncate(2 * page_bytes).ok());
  auto first = map({0, 2});
  auto second = map({0, 2});
  std::atomic<bool> stop{false};
  std::jthread reading([&] {
    uint64_t seen = 0;
    while (!stop.load()) {
      uint64_t now = first->load(0);
      EXPECT_TRUE(now == 0 || now >= seen) << now << " after " << seen;
      if (now != 0) seen = now;
    }
  });
  for (uint64_t round = 1; round <= 400; ++round) {
    write_word(0, round);
    ASSERT_EQ(first->load(0), round);
    ASSERT_EQ(second->load(0), round);
    ASSERT_TRUE(file->punch({0, page_bytes}).ok());
    ASSERT_EQ(first->load(0), 0u);
    ASSERT_EQ(second->load(0), 0u);
    ASSERT_EQ(read_word(0), 0u);
  }
  stop.store(true);
}

// Addresses are reused at once by other mappings and by strangers: a verb that still knows a
// mapping must not map over them.
TEST_P(Traps, UnmappingLeavesStrangersAlone) {
  ASSERT_TRUE(file->truncate(64 * page_bytes).ok());
  std::atomic<bool> stop{false};
  std::jthread stranger([&] {
    while (!stop.load()) {
      constexpr uint64_t length = 64 * page_bytes;
      void* memory =
          mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      EXPECT_NE(memory, MAP_FAILED);
      std::memset(memory, 0x5a, length);
      const char* bytes = static_cast<const char*>(memory);
      for (uint64_t i = 0; i < length; i += 512) EXPECT_EQ(bytes[i], 0x5a);
      munmap(memory, length);
    }
  });
  std::jthread punching([&] {
    for (uint64_t round = 0; !stop.load(); ++round) {
      uint64_t page = round % 64;
      EXPECT_TRUE(file->punch({page * page_bytes, page_bytes}).ok());
      write_word(page * page_bytes, 1);
    }
  });
  for (uint64_t round = 0; round < 1500; ++round) {
    auto view = map({round * 7 % 32, 32});
    view->load(0);
    view->store(page_bytes, round + 1);
  }
  stop.store(true);
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

// A fault publishes a block before it takes zero pages down: bytes that write() puts there
// meanwhile must not be read while a mapping still shows zeros.
TEST_P(Traps, WhatReadSawNoMappingShowsAsZerosAnyMore) {
  constexpr uint64_t pages = 300;
  ASSERT_TRUE(file->truncate(pages * page_bytes).ok());
  auto storing_view = map({0, pages});
  // Many, so that taking the zero pages down takes its time.
  std::vector<std::unique_ptr<View>> views;
  for (int i = 0; i < 16; ++i) views.push_back(map({0, pages}));
  View& reading_view = *views.back();
  for (uint64_t page = 0; page < pages; ++page) {
    ASSERT_EQ(storing_view->load(page * page_bytes), 0u);
    for (auto& view : views) ASSERT_EQ(view->load(page * page_bytes), 0u);
  }
  std::barrier<> together(3);
  std::jthread storing([&] {
    for (uint64_t page = 0; page < pages; ++page) {
      together.arrive_and_wait();
      storing_view->store(page * page_bytes + 64, 1);
    }
  });
  std::jthread writing([&] {
    for (uint64_t page = 0; page < pages; ++page) {
      together.arrive_and_wait();
      write_word(page * page_bytes, page + 1);
    }
  });
  for (uint64_t page = 0; page < pages; ++page) {
    together.arrive_and_wait();
    while (read_word(page * page_bytes) == 0) {
    }
    EXPECT_EQ(reading_view.load(page * page_bytes), page + 1) << "page " << page;
  }
}

// Punching a page may take a node of the block map away that a write to its neighbour counted on.
TEST_P(Traps, WritesToHolesNeverRunOutOfNodes) {
  ASSERT_TRUE(file->truncate(2 * page_bytes).ok());
  auto write_and_punch = [&](uint64_t page) {
    for (int round = 0; round < 3000; ++round) {
      write_word(page * page_bytes, 7);
      ASSERT_TRUE(file->punch({page * page_bytes, page_bytes}).ok());
    }
  };
  std::jthread neighbour([&] { write_and_punch(1); });
  write_and_punch(0);
}

// Either the write came first and the truncate cut it, or it came later and made the file long
// again: never a long file without the bytes, and never bytes that come back when it grows.
TEST_P(Traps, AWriteMeetsATruncate) {
  constexpr uint64_t pages = 64;
  std::vector<byte> data(pages * page_bytes, byte{0x33});
  std::barrier<> together(2);
  constexpr uint64_t rounds = 800;
  std::jthread writing([&] {
    for (uint64_t round = 0; round < rounds; ++round) {
      together.arrive_and_wait();
      auto written = file->write(0, data);
      EXPECT_TRUE(written.ok() && written.value() == data.size());
      together.arrive_and_wait();
    }
  });
  std::vector<byte> seen(data.size());
  for (uint64_t round = 0; round < rounds; ++round) {
    // Odd rounds write inside the file, even ones move its end.
    EXPECT_TRUE(file->write(0, std::span(data).first(data.size() - round % 2)).ok());
    EXPECT_TRUE(file->truncate(round % 2 == 0 ? data.size() - 1 : data.size()).ok());
    together.arrive_and_wait();
    for (uint64_t i = 0; i < round % 200; ++i)
      read_word(0);  // so that each meets the write at another moment
    EXPECT_TRUE(file->truncate(0).ok());
    together.arrive_and_wait();
    uint64_t size = file->size_bytes();
    bool whole = size == data.size() && file->read(0, seen).value() == size && seen == data;
    EXPECT_TRUE(size == 0 || whole) << "round " << round << ", size " << size;
    EXPECT_TRUE(file->truncate(0).ok());
    EXPECT_TRUE(file->truncate(data.size()).ok());
    EXPECT_EQ(file->read(0, seen).value(), data.size());
    EXPECT_EQ(seen, std::vector<byte>(data.size())) << "round " << round;
  }
}

// More threads in read() than there are pins, and a truncate that waits for the lock which they
// take.
TEST_P(Traps, AHundredReadersAndATruncate) {
  constexpr uint64_t pages = 128;
  for (uint64_t page = 0; page < pages; page += 2) write_word(page * page_bytes, 1);
  std::atomic<bool> stop{false};
  std::vector<std::jthread> readers;
  for (int i = 0; i < 100; ++i) {
    readers.emplace_back([&] {
      std::vector<byte> seen(pages * page_bytes);
      while (!stop.load()) EXPECT_TRUE(file->read(0, seen).ok());
    });
  }
  for (int round = 0; round < 100; ++round) {
    EXPECT_TRUE(file->truncate((pages + static_cast<uint64_t>(round) % 2) * page_bytes).ok());
  }
  stop.store(true);
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
  uint64_t faults_each = GetParam() == "native_zero" ? 0 : 1;  // there the kernel serves all reads
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

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& letter : name) {
    if (letter == ':' || letter == '=' || letter == ',') letter = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Strategies, Traps, testing::ValuesIn(fault_variants()), test_name);

}  // namespace
}  // namespace daxlab
