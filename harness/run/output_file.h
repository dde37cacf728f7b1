// A file that appears whole or not at all.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "core/base/error_or.h"
#include "core/base/owned_descriptor.h"

namespace daxlab {

class OutputFile {
 public:
  // Opens a file without a name in the folder of `path`, so that what could go wrong does so before
  // the work. A file that was there stays until commit(). Errors: its folder; a folder, device or
  // region is there.
  static ErrorOr<OutputFile> prepare(const std::filesystem::path& path);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();  // without commit() nothing stays

  // Writes, flushes to the medium and gives it the name. Once. The error names the file.
  ErrorOr<size_t> commit(std::string_view text);

 private:
  OutputFile(std::filesystem::path path, std::filesystem::path temporary, OwnedDescriptor fd)
      : path_(std::move(path)), temporary_(std::move(temporary)), fd_(std::move(fd)) {}
  std::optional<Error> give_name();

  std::filesystem::path path_;
  std::filesystem::path temporary_;  // empty as long as the file has no name at all
  OwnedDescriptor fd_;
};

}  // namespace daxlab
