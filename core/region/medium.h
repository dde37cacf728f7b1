// What stands behind a region: bytes in memory, and the descriptor by which they can be mapped
// elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "core/base/error_or.h"
#include "core/base/owned_descriptor.h"

namespace daxlab {

enum class MediumKind : uint32_t {
  memfd,  // memory of this process, gone with it
  file,   // a plain file: survives the process; the kernel decides when it survives the machine
};
const char* name_of(MediumKind kind) noexcept;  // as in YAML

enum class Access { read_write, read_only };

// Movable; unmaps and closes (which ends the lock) when it goes. Errors name path and remedy.
class Medium {
 public:
  // Zeros, all of the memory there.
  static ErrorOr<Medium> make_memfd(uint64_t size_bytes);
  // An existing regular file, locked (flock) against writers, and against readers if it is to be
  // written. Stores to a medium that was opened read_only stay in this process. Here and below,
  // links at the end of the path are followed as PathEnd does it (core/base/trusted_path.h).
  static ErrorOr<Medium> open_file(const std::string& path, Access access);
  // A new file of zeros with all of its space reserved, locked, which nobody has found empty. An
  // existing one is an error. An error leaves no file.
  static ErrorOr<Medium> create_file(const std::string& path, uint64_t size_bytes);
  // The caller's memory (a multiple of 64 bytes, aligned to 64): without a descriptor, not mapped
  // elsewhere, and with nothing behind it that lasts, so that nothing is flushed to it either.
  static Medium over(std::span<std::byte> memory) noexcept;

  Medium(Medium&& other) noexcept;
  Medium& operator=(Medium&&) = delete;
  ~Medium();

  // Gives the file another size, in zeros and with all of its space reserved: for formatting it
  // anew. What was in it is lost; after an error it is as it was. Only for a file opened
  // read_write.
  ErrorOr<Medium> emptied(uint64_t size_bytes) &&;

  MediumKind kind() const { return kind_; }
  Access access() const { return access_; }
  std::span<std::byte> bytes() const { return bytes_; }    // none: an empty file
  const std::string& path() const { return path_; }        // of a file
  int descriptor() const { return descriptor_.number(); }  // -1: none

 private:
  static ErrorOr<Medium> create_named_file(const std::string& path, uint64_t size_bytes);
  Medium(MediumKind kind, Access access, OwnedDescriptor descriptor, std::span<std::byte> bytes,
         std::string path)
      : kind_(kind),
        access_(access),
        descriptor_(std::move(descriptor)),
        bytes_(bytes),
        path_(std::move(path)) {}
  std::optional<Error> empty(uint64_t size_bytes);
  void unmap();

  MediumKind kind_;
  Access access_;
  OwnedDescriptor descriptor_;
  std::span<std::byte> bytes_;
  std::string path_;
};

}  // namespace daxlab
