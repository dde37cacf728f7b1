// A lock of the host's, held as long as the guard lives. In a header of this folder, because
// several allocators need it; a plugin elsewhere writes its own.
#pragma once

#include <cstdint>

#include "daxlab/host.h"

namespace daxlab {

class LockGuard {
 public:
  LockGuard(Host& host, uint32_t& word) : host_(host), word_(word) { host_.lock(word_); }
  ~LockGuard() { host_.unlock(word_); }
  LockGuard(const LockGuard&) = delete;
  LockGuard& operator=(const LockGuard&) = delete;

 private:
  Host& host_;
  uint32_t& word_;
};

}  // namespace daxlab
