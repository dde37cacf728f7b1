// Threads that meet where a remedy is needed, with every fault strategy: faults against writes,
// punches and truncates, by many rounds.
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <latch>
#include <thread>
#include <vector>

#include "harness/histories/start_line.h"
#include "harness/strategies/each_strategy.h"

namespace daxlab {
namespace {

using std::byte;

class Races : public EachStrategy {
 protected:
  // Of so many that all strategies together do.
  static uint64_t rounds_of(uint64_t total) {
    return rounds_by_each(total, 2 * fault_variants().size());
  }
  // Where each round takes a page of its own: no more than there are.
  static uint64_t pages_of(uint64_t total) { return std::min<uint64_t>(rounds_of(total), 3000); }
};

// write() reserves a block for a hole while a store through a mapping gets one published: without a
// recheck under the page lock one of the two is lost.
TEST_P(Races, WriteIntoAHoleMeetsAStore) {
  const uint64_t pages = pages_of(13'200);
  ASSERT_TRUE(file->truncate(pages * page_bytes).ok());
  auto view = map({0, pages});
  StartLine together(2);
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
TEST_P(Races, StoresToOneHoleFromManyThreads) {
  const uint64_t pages = pages_of(6600);
  constexpr uint64_t threads = 3;
  ASSERT_TRUE(file->truncate(pages * page_bytes).ok());
  std::vector<std::unique_ptr<View>> views;
  for (uint64_t i = 0; i < 2; ++i) views.push_back(map({0, pages}));
  StartLine together(threads);
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
TEST_P(Races, ReadNeverSeesTheNextOwnersBytes) {
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
  const uint64_t rounds = rounds_of(2200);
  for (uint64_t round = 0; round < rounds; ++round) {
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
TEST_P(Races, WriteNeverLandsInTheNextOwnersBlock) {
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
  const uint64_t rounds = rounds_of(2200);
  for (uint64_t round = 0; round < rounds; ++round) {
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

// From block back to hole while others read: a read that comes between taking the block out and
// arming the hole must not be served zeros for good.
TEST_P(Races, PunchedPagesFaultAgainForTheNextBlock) {
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
  const uint64_t rounds = rounds_of(4400);
  for (uint64_t round = 1; round <= rounds; ++round) {
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
TEST_P(Races, UnmappingLeavesStrangersAlone) {
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
  const uint64_t rounds = rounds_of(6600);
  for (uint64_t round = 0; round < rounds; ++round) {
    auto view = map({round * 7 % 32, 32});
    view->load(0);
    view->store(page_bytes, round + 1);
  }
  stop.store(true);
}

// A fault publishes a block before it takes zero pages down: bytes that write() puts there
// meanwhile must not be read while a mapping still shows zeros.
TEST_P(Races, WhatReadSawNoMappingShowsAsZerosAnyMore) {
  const uint64_t pages = pages_of(3300);
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
  StartLine together(3), written(2);
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
      written.arrive_and_wait();
    }
  });
  for (uint64_t page = 0; page < pages; ++page) {
    together.arrive_and_wait();
    bool seen = false;
    for (int looks = 0; looks < 200 && !seen; ++looks) seen = read_word(page * page_bytes) != 0;
    // Where the writer has no processor, looking on would only keep it from one.
    if (!seen) written.arrive_and_wait();
    EXPECT_EQ(reading_view.load(page * page_bytes), page + 1) << "page " << page;
    if (seen) written.arrive_and_wait();
  }
}

// Punching a page may take a node of the block map away that a write to its neighbour counted on.
TEST_P(Races, WritesToHolesNeverRunOutOfNodes) {
  ASSERT_TRUE(file->truncate(2 * page_bytes).ok());
  const uint64_t rounds = rounds_of(18'000);
  auto write_and_punch = [&](uint64_t page) {
    for (uint64_t round = 0; round < rounds; ++round) {
      write_word(page * page_bytes, 7);
      ASSERT_TRUE(file->punch({page * page_bytes, page_bytes}).ok());
    }
  };
  std::jthread neighbour([&] { write_and_punch(1); });
  write_and_punch(0);
}

// Either the write came first and the truncate cut it, or it came later and made the file long
// again: never a long file without the bytes, and never bytes that come back when it grows.
TEST_P(Races, AWriteMeetsATruncate) {
  constexpr uint64_t pages = 64;
  std::vector<byte> data(pages * page_bytes, byte{0x33});
  StartLine together(2);
  const uint64_t rounds = rounds_of(5500);
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
    for (uint64_t i = 0; i < round * 37 % 200; ++i)
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
TEST_P(Races, AHundredReadersAndATruncate) {
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
  const uint64_t rounds = rounds_of(220);
  for (uint64_t round = 0; round < rounds; ++round) {
    EXPECT_TRUE(file->truncate((pages + round % 2) * page_bytes).ok());
  }
  stop.store(true);
}

INSTANTIATE_TEST_SUITE_P(Strategies, Races, testing::ValuesIn(fault_variants()), test_name);
INSTANTIATE_TEST_SUITE_P(WithAtomicWrites, Races, testing::ValuesIn(fault_variants_with("atomic")),
                         test_name);

}  // namespace
}  // namespace daxlab
