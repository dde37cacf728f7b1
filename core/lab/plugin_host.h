// What the core lends to one plugin instance.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "core/base/call_log.h"
#include "core/sync/sync.h"
#include "daxlab/host.h"

namespace daxlab {

class PluginHost final : public Host {
 public:
  // `calls` outlives it: it is told of arenas, and of locks where calls are watched.
  explicit PluginHost(CallLog& calls);
  ~PluginHost();
  PluginHost(const PluginHost&) = delete;
  PluginHost& operator=(const PluginHost&) = delete;

  void lock(uint32_t& word) noexcept override;
  void unlock(uint32_t& word) noexcept override;
  uint32_t shard() noexcept override;
  void relax() noexcept override;
  void* arena(uint64_t length_bytes) noexcept override;

  // Behind each arena lie bytes that nobody may write, to the end of its last page and a page or
  // more beyond. "wrote behind the end of its arena of 1000 bytes (asked for in init)" when some
  // have changed. Not while the plugin runs.
  std::optional<std::string> arena_overrun() const;

 private:
  // Heads a page of its own in front of each piece of memory lent by a mapping.
  struct Piece {
    Piece* next;
    uint64_t mapped_bytes;
  };
  // What was lent, to look whether it was kept to. Further ones are not looked at.
  struct Lent {
    std::atomic<std::byte*> start{nullptr};
    uint64_t length_bytes = 0;
    uint64_t marked_bytes = 0;  // that follow it
    PluginCallback asked_in = PluginCallback::none;
  };
  struct Freed {
    void operator()(std::byte* memory) const noexcept { std::free(memory); }
  };
  void lock_watched(uint32_t& word, const void* return_address) noexcept;
  void unlock_watched(uint32_t& word, const void* return_address) noexcept;
  std::byte* take_at_hand(uint64_t length_bytes) noexcept;
  std::byte* take_mapped(uint64_t length_bytes) noexcept;
  void note_lent(std::byte* start, uint64_t length_bytes, uint64_t marked_bytes) noexcept;

  // The first few pages lent, without a call into the kernel: from the heap, but taken when nobody
  // is in a fault.
  std::unique_ptr<std::byte, Freed> at_hand_;
  std::atomic<uint64_t> at_hand_used_bytes_{0};
  std::atomic<Piece*> pieces_{nullptr};
  std::array<Lent, 16> lent_{};
  std::atomic<uint32_t> lent_count_{0};
  CallLog& calls_;
};

}  // namespace daxlab
