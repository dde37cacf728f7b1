#include "core/sync/sync.h"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <thread>
#include <vector>

namespace daxlab {
namespace {

constexpr int threads = 4;
constexpr int rounds = 20000;

template <class Body>
void run_threads(Body body) {
  std::vector<std::jthread> running;
  for (int index = 0; index < threads; ++index) running.emplace_back(body, index);
}

TEST(Mutex, CountsWithoutLoss) {
  Mutex mutex;
  uint64_t count = 0;
  run_threads([&](int) {
    for (int i = 0; i < rounds; ++i) {
      std::lock_guard guard(mutex);
      ++count;
      if (i % 64 == 0) std::this_thread::yield();  // so that the others come while it is held
    }
  });
  EXPECT_EQ(count, uint64_t{threads} * rounds);
}

TEST(Mutex, TryLockSaysWhetherItIsFree) {
  Mutex mutex;
  ASSERT_TRUE(mutex.try_lock());
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock();
  EXPECT_FALSE(mutex.lock()) << "nobody to wait for";
  mutex.unlock();
}

// Tries until the other thread came while the mutex was held, which it then has to say.
TEST(Mutex, SaysThatItHadToWait) {
  bool waited = false;
  while (!waited) {
    Mutex mutex;
    std::atomic<uint32_t> started{0};
    mutex.lock();
    std::jthread other([&] {
      started.store(1);
      wake_all(started);
      waited = mutex.lock();
      mutex.unlock();
    });
    while (started.load() == 0) wait_while(started, 0);
    std::this_thread::yield();
    mutex.unlock();
  }
  EXPECT_TRUE(waited);
}

TEST(Mutex, ZeroedMemoryIsUnlocked) {
  alignas(Mutex) std::array<std::byte, sizeof(Mutex)> memory{};
  auto* mutex = reinterpret_cast<Mutex*>(memory.data());
  EXPECT_TRUE(mutex->try_lock());
  mutex->unlock();
}

TEST(Futex, KeepsErrno) {
  std::atomic<uint32_t> word{1};
  errno = ENOTTY;
  wait_while(word, 2);
  wake_one(word);
  wake_all(word);
  EXPECT_EQ(errno, ENOTTY);
}

TEST(Futex, HandsTurnsOver) {
  std::atomic<uint32_t> turn{0};
  std::vector<int> order;
  run_threads([&](int index) {
    for (uint32_t round = 0; round < 200; ++round) {
      uint32_t mine = round * threads + static_cast<uint32_t>(index);
      for (uint32_t now = turn.load(); now != mine; now = turn.load()) wait_while(turn, now);
      order.push_back(index);
      turn.store(mine + 1);
      wake_all(turn);
    }
  });
  ASSERT_EQ(order.size(), 200u * threads);
  for (size_t i = 0; i < order.size(); ++i) ASSERT_EQ(order[i], static_cast<int>(i % threads));
}

// Readers must see all of a writer's change or none; a lost wake-up would hang.
TEST(RwLock, ReadersSeeWholeChanges) {
  RwLock lock;
  std::array<uint64_t, 8> values{};
  std::atomic<uint64_t> writes{0};
  run_threads([&](int index) {
    std::mt19937 random(static_cast<unsigned>(index));
    for (int i = 0; i < rounds; ++i) {
      if (random() % 8 == 0) {
        std::lock_guard guard(lock);
        for (uint64_t& value : values) {
          ++value;
          if (random() % 64 == 0) std::this_thread::yield();
        }
        writes.fetch_add(1);
      } else {
        std::shared_lock guard(lock);
        for (uint64_t value : values) ASSERT_EQ(value, values[0]);
      }
    }
  });
  EXPECT_GT(writes.load(), 0u);
  EXPECT_EQ(values[0], writes.load());
}

TEST(RwLock, ReadersShare) {
  RwLock lock;
  lock.lock_shared();
  std::jthread([&] {
    lock.lock_shared();
    lock.unlock_shared();
  }).join();
  lock.unlock_shared();
  lock.lock();
  lock.unlock();
}

// Readers overlap without a pause; a writer that had to wait for all of them to leave would never
// come.
TEST(RwLock, WriterIsNotStarved) {
  RwLock lock;
  std::atomic<bool> written{false};
  std::atomic<uint32_t> reading{0};
  std::vector<std::jthread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!written.load()) {
        std::shared_lock guard(lock);
        reading.fetch_add(1);
      }
    });
  }
  while (reading.load() < 100) std::this_thread::yield();
  lock.lock();
  written.store(true);
  lock.unlock();
  readers.clear();
  EXPECT_TRUE(written.load());
}

}  // namespace
}  // namespace daxlab
