// Kernel mappings that serve nothing but to be given up: where the process has used all that Linux
// allows, not even a replacement of pages by fewer mappings is possible, until some are gone.
#pragma once

#include <atomic>
#include <cstdint>

namespace daxlab {

class SpareMappings {
 public:
  // Of a memfd of so many pages, which outlives this; none yet.
  explicit SpareMappings(int descriptor) : descriptor_(descriptor) {}
  ~SpareMappings() { give_up(); }
  SpareMappings(const SpareMappings&) = delete;
  SpareMappings& operator=(const SpareMappings&) = delete;

  static constexpr uint64_t count = 64;

  // Both: any thread, signal-safe, no matter how things stand. Makes them if they are not there and
  // the kernel allows it.
  void keep() noexcept;
  // False: there were none.
  bool give_up() noexcept;

 private:
  const int descriptor_;
  std::atomic<void*> address_{nullptr};
};

}  // namespace daxlab
