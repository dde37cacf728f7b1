// Space that a file takes from its file system before anything is stored to it: a store to a hole
// that cannot be filled would be a bus error at any later time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "core/base/owned_descriptor.h"

namespace daxlab {

class SpaceReservation {
 public:
  // For the first `length_bytes` of a plain file that is open for writing; a shorter one is grown,
  // in zeros. Bytes do not change, and what has its space takes no more. Errors name `path`: the
  // file system has less free than is needed, or the file has too many holes to remember (then
  // nothing is tried), or what the kernel said. After an error the file is as it was, its length
  // and its holes (among which is what had space, but has never been written). With `written` that
  // is written, too, and all of it durable (core/region/fsdax_file.h).
  static ErrorOr<SpaceReservation> take(int descriptor, uint64_t length_bytes,
                                        const std::string& path, bool written = false);
  SpaceReservation(SpaceReservation&&) = default;
  SpaceReservation& operator=(SpaceReservation&&) = delete;
  ~SpaceReservation();  // gives back what was taken, unless it is kept

  void keep() { file_.reset(); }

 private:
  struct Hole {
    uint64_t offset_bytes;
    uint64_t length_bytes;
  };
  SpaceReservation() = default;
  static ErrorOr<std::vector<Hole>> holes_of(int descriptor, uint64_t end_bytes,
                                             const std::string& path);
  static uint64_t missing_bytes(const std::vector<Hole>& holes, int descriptor,
                                uint64_t length_bytes);
  std::optional<Error> reserve(int descriptor, uint64_t missing_bytes, uint64_t length_bytes,
                               const std::string& path);

  OwnedDescriptor file_;       // a second one of it; not open: nothing is to be given back
  uint64_t before_bytes_ = 0;  // its length
  std::vector<Hole> holes_;    // it had
};

}  // namespace daxlab
