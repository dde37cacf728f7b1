// What is at a path, opened and locked, and which medium it is.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/error_or.h"
#include "core/base/owned_descriptor.h"
#include "core/base/trusted_path.h"
#include "core/region/medium_kind.h"

namespace daxlab {

inline constexpr mode_t owner_only = 0600;

// Errors name the path and what to do.

// The lock (flock) goes with the descriptor. One writer, or any number of readers.
std::optional<Error> lock(int descriptor, Access access, const std::string& path);

struct LockedPlace {
  OwnedDescriptor descriptor;
  PathEnd place;
};
// By open(2)'s flags, which may make a plain file. What cannot be the medium that is wanted is not
// opened.
ErrorOr<LockedPlace> open_locked(const std::string& path, int flags, Access access,
                                 std::optional<MediumKind> wanted);

// What a descriptor is that was opened and locked: nobody changes it who keeps the lock.
struct LockedMedium {
  MediumKind kind;
  uint64_t size_bytes;
};
ErrorOr<LockedMedium> medium_of(int descriptor, const std::string& path, Access access,
                                std::optional<MediumKind> wanted);
// Of a plain file: fsdax is refused where DAX is not in effect, and found where nothing is wanted.
ErrorOr<MediumKind> kind_of_file(int descriptor, const std::string& path,
                                 std::optional<MediumKind> wanted);

}  // namespace daxlab
