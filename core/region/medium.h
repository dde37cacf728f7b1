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
#include "core/region/bad_blocks.h"
#include "core/region/medium_kind.h"

namespace daxlab {

// Movable; unmaps and closes (which ends the lock) when it goes. Errors name path and remedy.
class Medium {
 public:
  // Zeros, all of the memory there.
  static ErrorOr<Medium> make_memfd(uint64_t size_bytes);
  // What is there, locked (flock) against writers, and against readers if it is to be written: a
  // plain file, or a device of persistent memory. Without `wanted` it is the medium that it can be:
  // a device devdax, a file whose file system has DAX in effect fsdax, any other file. Stores to a
  // medium that was opened read_only stay in this process; a device cannot be mapped so, and takes
  // none but where keep_stores_here() was called. Here and below, links at the end of the path are
  // followed as PathEnd does it (core/base/trusted_path.h).
  static ErrorOr<Medium> open(const std::string& path, Access access,
                              std::optional<MediumKind> wanted = std::nullopt);
  // A new file of zeros (file, fsdax) with all of its space reserved, locked, which nobody has
  // found empty. An existing one is an error. An error leaves no file.
  static ErrorOr<Medium> create_file(const std::string& path, uint64_t size_bytes,
                                     std::optional<MediumKind> wanted = std::nullopt);
  // The caller's memory (a multiple of 64 bytes, aligned to 64): without a descriptor, not mapped
  // elsewhere, and with nothing behind it that lasts, so that nothing is flushed to it either.
  static Medium over(std::span<std::byte> memory) noexcept;

  Medium(Medium&& other) noexcept;
  Medium& operator=(Medium&&) = delete;
  ~Medium();

  // Gives the file another size, in zeros and with all of its space reserved: for formatting it
  // anew. What was in it is lost; after an error it is as it was. Of a device the first bytes are
  // taken, and the others left alone. Bad blocks, of what is there now, are not touched: a store to
  // one may be a bus error. Only for what was opened read_write.
  ErrorOr<Medium> emptied(uint64_t size_bytes, const BadBlocks& bad = {}) &&;

  // Of a device that was opened read_only: from now on stores to that block stay in this process.
  std::optional<Error> keep_stores_here(uint64_t block);

  MediumKind kind() const { return kind_; }
  Access access() const { return access_; }
  // None: an empty file. Of persistent memory at an address that is a multiple of 2 MiB.
  std::span<std::byte> bytes() const { return bytes_; }
  const std::string& path() const { return path_; }        // but of memfd
  int descriptor() const { return descriptor_.number(); }  // -1: none
  // What mmap takes to show the descriptor elsewhere for writing.
  int map_flags() const;

 private:
  static ErrorOr<Medium> create_named_file(const std::string& path, uint64_t size_bytes,
                                           std::optional<MediumKind> wanted);
  Medium(MediumKind kind, Access access, OwnedDescriptor descriptor, std::span<std::byte> bytes,
         std::string path)
      : kind_(kind),
        access_(access),
        descriptor_(std::move(descriptor)),
        bytes_(bytes),
        path_(std::move(path)) {}
  std::optional<Error> empty(uint64_t size_bytes, const BadBlocks& bad = {});
  std::optional<Error> resize_file(uint64_t size_bytes);
  std::optional<Error> cut_device(uint64_t size_bytes, const BadBlocks& bad);
  void forget_superblock(uint64_t block, const BadBlocks& bad);
  void unmap();

  MediumKind kind_;
  Access access_;
  OwnedDescriptor descriptor_;
  std::span<std::byte> bytes_;
  std::string path_;
};

}  // namespace daxlab
