// For tests of allocators: a host for any number of threads, and an allocator that it lends itself
// to.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "daxlab/alloc.h"

extern "C" const daxlab::AllocPlugin daxlab_alloc_abi2;

namespace daxlab {

class TestHost final : public Host {
 public:
  void lock(uint32_t& word) noexcept override {
    std::atomic_ref<uint32_t> held(word);
    for (uint32_t free = 0; !held.compare_exchange_weak(free, 1, std::memory_order_acquire);) {
      free = 0;
      std::this_thread::yield();
    }
  }
  void unlock(uint32_t& word) noexcept override {
    EXPECT_EQ(std::atomic_ref<uint32_t>(word).exchange(0, std::memory_order_release), 1u);
  }
  uint32_t shard() noexcept override { return this_thread_shard(); }
  void relax() noexcept override { std::this_thread::yield(); }
  void* arena(uint64_t length_bytes) noexcept override {
    const std::lock_guard guard(mutex_);
    if (arenas_left == 0) return nullptr;
    --arenas_left;
    arenas_.emplace_back(std::calloc(1, length_bytes));
    return arenas_.back().get();
  }

  static uint32_t& this_thread_shard() {
    thread_local uint32_t shard = 0;
    return shard;
  }
  uint64_t arenas_left = UINT64_MAX;

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::mutex mutex_;
  std::vector<std::unique_ptr<void, Free>> arenas_;
};

// With the options' defaults, unless others are given.
class TestAllocator {
 public:
  explicit TestAllocator(std::vector<uint64_t> values = {}) {
    const OptionTable& table = daxlab_alloc_abi2.info.options;
    for (auto i = static_cast<uint32_t>(values.size()); i < table.count; ++i) {
      values.push_back(table.options[i].default_value);
    }
    allocator_.reset(
        daxlab_alloc_abi2.create(host, {values.data(), static_cast<uint32_t>(values.size())}));
  }
  Allocator* operator->() { return allocator_.get(); }

  TestHost host;

 private:
  struct Destroy {
    void operator()(Allocator* allocator) const { daxlab_alloc_abi2.destroy(allocator); }
  };
  std::unique_ptr<Allocator, Destroy> allocator_;
};

}  // namespace daxlab
