#include "core/base/user_copy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include "core/base/bus_error.h"
#include "core/base/ending_memory_test.h"

namespace daxlab {
namespace {

constexpr size_t most_bytes = 1200;

// All lengths up to three lines and some beyond, with what of them is there: nothing, all, and
// amounts around words and lines.
struct Amount {
  size_t length, there;
};
std::vector<Amount> amounts() {
  std::vector<Amount> all;
  std::mt19937_64 random(1);
  for (size_t length = 0; length <= 200; ++length) {
    for (size_t there : {size_t{0}, length / 2, length}) all.push_back({length, there});
    all.push_back({length, random() % (length + 1)});
  }
  for (size_t length : {size_t{511}, size_t{512}, size_t{777}, most_bytes}) {
    for (int i = 0; i < 16; ++i) all.push_back({length, random() % (length + 1)});
    all.push_back({length, length});
  }
  return all;
}

class UserCopy : public testing::Test {
 protected:
  UserCopy() {
    install_fault_handlers();
    std::mt19937_64 random(2);
    for (std::byte& byte : ours_) byte = static_cast<std::byte>(random());
  }
  // The last `there` bytes of the memory.
  std::byte* last(size_t there) const { return memory_.end() - there; }

  EndingMemory memory_{page_bytes};
  alignas(64) std::array<std::byte, most_bytes + 64> ours_;
};

TEST_F(UserCopy, FromUserTakesWhatIsThere) {
  std::memcpy(last(most_bytes), ours_.data(), most_bytes);
  for (size_t offset = 0; offset < 9; ++offset) {
    for (const auto& [length, there] : amounts()) {
      std::array<std::byte, most_bytes + 64> to{};
      ASSERT_EQ(copy_from_user(to.data() + offset, last(there), length), there);
      ASSERT_EQ(std::memcmp(to.data() + offset, last(there), there), 0) << length;
      const auto untouched = [](std::byte byte) { return byte == std::byte{0}; };
      ASSERT_TRUE(std::all_of(to.begin() + static_cast<long>(offset + there), to.end(), untouched));
    }
  }
}

TEST_F(UserCopy, ToUserGivesWhatHasRoom) {
  for (size_t offset = 0; offset < 9; ++offset) {
    for (const auto& [length, there] : amounts()) {
      std::memset(last(most_bytes), 0x5a, most_bytes);
      ASSERT_EQ(copy_to_user(last(there), ours_.data() + offset, length), there);
      ASSERT_EQ(std::memcmp(last(there), ours_.data() + offset, there), 0) << length;
      if (there < most_bytes) {
        ASSERT_EQ(last(there + 1)[0], std::byte{0x5a});
      }
    }
  }
}

TEST_F(UserCopy, ZerosWhatHasRoom) {
  for (const auto& [length, there] : amounts()) {
    std::memset(last(most_bytes), 0x5a, most_bytes);
    ASSERT_EQ(zero_user(last(there), length), there);
    const auto zeros = std::count(last(most_bytes), memory_.end(), std::byte{0});
    ASSERT_EQ(static_cast<size_t>(zeros), there) << length;
  }
}

// Whoever reads a file at an odd address of its own sees no torn word of it either.
TEST_F(UserCopy, WordsOfTheRegionAreReadWhole) {
  alignas(64) std::array<uint64_t, 64> shared{};
  std::atomic<bool> stop{false};
  std::jthread storing([&] {
    for (uint64_t value = 0; !stop.load(); ++value) {
      for (uint64_t& word : shared) {
        std::atomic_ref(word).store(value % 2 * ~uint64_t{0}, std::memory_order_relaxed);
      }
    }
  });
  for (int round = 0; round < 2000; ++round) {
    std::byte* const odd = last(most_bytes) + 3;
    ASSERT_EQ(copy_to_user(odd, shared.data(), sizeof shared), sizeof shared);
    for (size_t i = 0; i < shared.size(); ++i) {
      uint64_t word;
      std::memcpy(&word, odd + i * sizeof word, sizeof word);
      ASSERT_TRUE(word == 0 || word == ~uint64_t{0}) << std::hex << word;
    }
  }
  stop.store(true);
}

}  // namespace
}  // namespace daxlab
