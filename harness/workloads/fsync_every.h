// When a thread asks for durability: after every so many of its writes.
#pragma once

#include <cstdint>

#include "daxlab/options.h"

namespace daxlab {

constexpr Option fsync_every_option(const char* help) {
  return integer_option("fsync_every", OptionUnit::none, 0, 0, uint64_t{1} << 32, help);
}

class FsyncEvery {
 public:
  explicit FsyncEvery(uint64_t writes) : writes_(writes) {}
  // Asked after each write; never, if it was made of 0.
  bool is_due() {
    if (writes_ == 0 || ++since_ < writes_) return false;
    since_ = 0;
    return true;
  }

 private:
  uint64_t writes_;
  uint64_t since_ = 0;
};

}  // namespace daxlab
