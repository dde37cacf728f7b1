// A file that appears whole or not at all.
#pragma once

#include <filesystem>
#include <string_view>

#include "core/base/error_or.h"
#include "core/base/owned_descriptor.h"

namespace daxlab {

class OutputFile {
 public:
  // Opens a temporary file beside `path`, so that what could go wrong does so before the work.
  // Nothing is there under `path`'s name until commit(); a file that was there stays until then.
  // Errors: its folder; a folder, device or region is there.
  static ErrorOr<OutputFile> prepare(const std::filesystem::path& path);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();  // without commit(): removes the temporary file

  // Writes, flushes to the medium and renames. Once. The error names the file.
  ErrorOr<size_t> commit(std::string_view text);

 private:
  OutputFile(std::filesystem::path path, std::filesystem::path temporary, OwnedDescriptor fd)
      : path_(std::move(path)), temporary_(std::move(temporary)), fd_(std::move(fd)) {}
  std::filesystem::path path_, temporary_;
  OwnedDescriptor fd_;
};

}  // namespace daxlab
