#include "core/region/persist.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/bus_error.h"
#include "core/base/ending_memory_test.h"
#include "core/base/user_copy.h"

namespace daxlab {
namespace {

// A processor that has one of them has those after it.
std::vector<FlushInstruction> instructions_here() {
  std::vector<FlushInstruction> all{FlushInstruction::clwb, FlushInstruction::clflushopt,
                                    FlushInstruction::clflush, FlushInstruction::none};
  all.erase(all.begin(), std::find(all.begin(), all.end(), best_flush_instruction()));
  return all;
}

// Bytes of the range [offset, offset + length) hold what they should, and their neighbours are
// untouched.
class PersistRange : public testing::TestWithParam<FlushInstruction> {
 protected:
  static constexpr size_t size = 8192;
  Counters counters_;
  Persist persist_{counters_, GetParam()};
  alignas(64) std::array<uint8_t, size> to_{};
  std::array<uint8_t, size> from_{};
  std::array<uint8_t, size> expected_{};
  std::mt19937_64 random_{1};

  static void randomise(std::array<uint8_t, size>& bytes, std::mt19937_64& random) {
    for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
      uint64_t word = random();
      std::memcpy(bytes.data() + i, &word, sizeof word);
    }
  }
  void fill_both() {
    randomise(from_, random_);
    randomise(to_, random_);
    expected_ = to_;
  }
  std::pair<size_t, size_t> random_range() {
    size_t length = random_() % (random_() % 2 == 0 ? 32 : 2048);
    return {random_() % (size - length), length};
  }
};

TEST_P(PersistRange, CopyMovesExactlyTheRange) {
  for (int round = 0; round < 2000; ++round) {
    fill_both();
    auto [to, length] = random_range();
    size_t from = random_() % (size - length);
    std::copy_n(from_.begin() + static_cast<long>(from), length,
                expected_.begin() + static_cast<long>(to));
    persist_.copy(to_.data() + to, from_.data() + from, length);
    persist_.fence();
    ASSERT_EQ(to_, expected_) << "to " << to << " from " << from << " length " << length;
  }
}

TEST_P(PersistRange, ZeroZeroesExactlyTheRange) {
  for (int round = 0; round < 1000; ++round) {
    fill_both();
    auto [to, length] = random_range();
    std::fill_n(expected_.begin() + static_cast<long>(to), length, uint8_t{0});
    persist_.zero(to_.data() + to, length);
    persist_.fence();
    ASSERT_EQ(to_, expected_);
  }
}

TEST_P(PersistRange, CopyFromUserMovesExactlyTheRange) {
  for (int round = 0; round < 1000; ++round) {
    fill_both();
    auto [to, length] = random_range();
    size_t from = random_() % (size - length);
    std::copy_n(from_.begin() + static_cast<long>(from), length,
                expected_.begin() + static_cast<long>(to));
    ASSERT_EQ(persist_.copy_from_user(to_.data() + to, from_.data() + from, length), length);
    persist_.fence();
    ASSERT_EQ(to_, expected_) << "to " << to << " from " << from << " length " << length;
  }
}

// The source ends somewhere in it: what is before has been copied, counted and flushed.
TEST_P(PersistRange, CopyFromUserStopsWhereTheMemoryEnds) {
  install_fault_handlers();
  EndingMemory memory(size);
  for (int round = 0; round < 500; ++round) {
    fill_both();
    std::memcpy(memory.end() - size, from_.data(), size);
    auto [to, length] = random_range();
    const size_t there = length == 0 ? 0 : random_() % length;
    std::copy_n(from_.end() - static_cast<long>(there), there,
                expected_.begin() + static_cast<long>(to));
    counters_.reset();
    ASSERT_EQ(persist_.copy_from_user(to_.data() + to, memory.end() - there, length), there);
    persist_.fence();
    ASSERT_EQ(to_, expected_) << "to " << to << ", " << there << " of " << length;
    EXPECT_EQ(counters_.sum(Counter::bytes_persisted), there);
    const size_t first_line = to / cache_line_bytes;
    const size_t end_line = (to + there + cache_line_bytes - 1) / cache_line_bytes;
    EXPECT_EQ(counters_.sum(Counter::flushes), there == 0 ? 0 : end_line - first_line);
  }
}

TEST_P(PersistRange, CountsLinesFencesAndBytes) {
  auto lines = [&] { return counters_.sum(Counter::flushes); };
  auto bytes = [&] { return counters_.sum(Counter::bytes_persisted); };
  persist_.flush(to_.data() + 8, 8);
  EXPECT_EQ(lines(), 1u);
  persist_.flush(to_.data() + 60, 8);
  EXPECT_EQ(lines(), 3u) << "across two lines";
  EXPECT_EQ(bytes(), 16u);

  counters_.reset();
  persist_.copy(to_.data(), from_.data(), 4096);
  EXPECT_EQ(lines(), 64u);
  persist_.copy(to_.data() + 32, from_.data(), 4096);
  EXPECT_EQ(lines(), 64u + 65u);
  persist_.copy(to_.data() + 60, from_.data(), 10);
  EXPECT_EQ(lines(), 64u + 65u + 2u);
  persist_.zero(to_.data() + 4, 0);
  EXPECT_EQ(lines(), 64u + 65u + 2u);
  EXPECT_EQ(bytes(), 4096u * 2 + 10);
  EXPECT_EQ(counters_.sum(Counter::fences), 0u);
  persist_.fence();
  EXPECT_EQ(counters_.sum(Counter::fences), 1u);
}

INSTANTIATE_TEST_SUITE_P(Instructions, PersistRange, testing::ValuesIn(instructions_here()),
                         [](const auto& tested) { return std::string(name_of(tested.param)); });

// Two writers store pages of one repeated word each; a torn word would mix the two. The lengths
// take the way past the cache and the way through it.
TEST(Persist, WordsAreNeverTorn) {
  Counters counters;
  Persist persist(counters);
  constexpr size_t page_words = 512;
  constexpr int rounds = 2000;
  constexpr uint64_t red = 0x1111111111111111, blue = 0x2222222222222222;
  struct alignas(64) Page {
    std::array<uint64_t, page_words> words;
  };
  auto shared = std::make_unique<Page>();
  std::vector<uint64_t> red_page(page_words, red), blue_page(page_words, blue);
  std::atomic<int> writers{2};
  auto write = [&](const std::vector<uint64_t>& page) {
    for (int round = 0; round < rounds; ++round) {
      size_t count = round % 2 == 0 ? page_words : 20;
      persist.copy(shared->words.data(), page.data(), count * sizeof(uint64_t));
      persist.fence();
    }
    writers.fetch_sub(1);
  };
  std::jthread one(write, std::cref(red_page)), other(write, std::cref(blue_page));
  uint64_t seen = 0;
  do {
    std::array<uint64_t, page_words> copy;
    copy_to_user(copy.data(), shared->words.data(), sizeof copy);
    for (uint64_t word : copy) {
      ASSERT_TRUE(word == 0 || word == red || word == blue) << std::hex << word;
    }
    ++seen;
  } while (writers.load() != 0);
  EXPECT_GT(seen, 0u);
}

// The source changes under the copy, at an odd address too: each word of the copy was there at some
// time.
TEST(Persist, SourceMayChangeMeanwhile) {
  Counters counters;
  Persist persist(counters);
  std::vector<uint64_t> source(64, 0), to(64, 0);
  std::atomic<bool> stop{false};
  std::jthread storing([&] {
    for (uint64_t value = 0; !stop.load(); ++value) {
      for (uint64_t& word : source) {
        std::atomic_ref(word).store(value % 2 * ~uint64_t{0}, std::memory_order_relaxed);
      }
    }
  });
  const auto* odd = reinterpret_cast<const std::byte*>(source.data()) + 3;
  for (int round = 0; round < 2000; ++round) {
    persist.copy_from_user(to.data(), source.data(), 64 * 8);
    persist.fence();
    for (uint64_t word : to) ASSERT_TRUE(word == 0 || word == ~uint64_t{0});
    persist.copy_from_user(to.data(), odd, 63 * 8);
    persist.fence();
    for (size_t i = 0; i < 63 * 8; ++i) {
      uint8_t byte = reinterpret_cast<const uint8_t*>(to.data())[i];
      ASSERT_TRUE(byte == 0 || byte == 0xff);
    }
  }
  stop.store(true);
}

TEST(Persist, StoreWordStoresOneWord) {
  Counters counters;
  Persist persist(counters);
  std::array<uint64_t, 3> words{1, 2, 3};
  persist.store_word(&words[1], 7);
  EXPECT_EQ(words, (std::array<uint64_t, 3>{1, 7, 3}));
  EXPECT_STREQ(persist.flush_instruction(), name_of(best_flush_instruction()));
}

}  // namespace
}  // namespace daxlab
