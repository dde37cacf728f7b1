// The media by name, and what has to be at a path for each.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/error_or.h"

namespace daxlab {

enum class MediumKind : uint32_t {
  memfd,   // memory of this process, gone with it
  file,    // a plain file: survives the process; the kernel decides when it survives the machine
  fsdax,   // a plain file that its file system maps as persistent memory itself, without a cache
  devdax,  // a character device of persistent memory: the same without a file system
};
inline constexpr MediumKind media[] = {MediumKind::memfd, MediumKind::file, MediumKind::fsdax,
                                       MediumKind::devdax};

enum class Access { read_write, read_only };

const char* name_of(MediumKind kind) noexcept;  // as in YAML
// Whether it is found by a path, and stays when its process ends.
bool has_path(MediumKind kind) noexcept;
// Whether loads and stores reach persistent memory, so that a flush makes them durable.
bool is_dax(MediumKind kind) noexcept;

// Why what is there cannot be the medium that is wanted (nullopt: any with a path), as far as its
// type says, which is known before it is opened. nullopt: it can.
std::optional<Error> check_type(const std::string& path, const struct stat& there,
                                std::optional<MediumKind> wanted);

}  // namespace daxlab
