// What the core lends to one plugin instance.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/sync/sync.h"
#include "daxlab/host.h"

namespace daxlab {

class PluginHost final : public Host {
 public:
  PluginHost() = default;
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
  std::atomic<Piece*> pieces_{nullptr};
};

}  // namespace daxlab
