// What the core lends to one plugin instance.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "core/sync/sync.h"
#include "daxlab/host.h"

namespace daxlab {

class PluginHost final : public Host {
 public:
  PluginHost();
  ~PluginHost();
  PluginHost(const PluginHost&) = delete;
  PluginHost& operator=(const PluginHost&) = delete;

  void lock(uint32_t& word) noexcept override;
  void unlock(uint32_t& word) noexcept override;
  uint32_t shard() noexcept override;
  void relax() noexcept override;
  void* arena(uint64_t length_bytes) noexcept override;

 private:
  // Heads a page of its own in front of each piece of memory lent.
  struct Piece {
    Piece* next;
    uint64_t mapped_bytes;
  };
  struct Freed {
    void operator()(std::byte* memory) const noexcept { std::free(memory); }
  };
  std::byte* take_at_hand(uint64_t length_bytes) noexcept;

  // The first few pages lent, without a call into the kernel: from the heap, but taken when nobody
  // is in a fault.
  std::unique_ptr<std::byte, Freed> at_hand_;
  std::atomic<uint64_t> at_hand_used_bytes_{0};
  std::atomic<Piece*> pieces_{nullptr};
};

}  // namespace daxlab
