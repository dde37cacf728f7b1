// A file that appears whole or not at all.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error_or.h"
#include "core/base/owned_descriptor.h"
#include "core/base/trusted_path.h"

namespace daxlab {

class OutputFile {
 public:
  // Opens a file without a name in the folder of `path`, so that what could go wrong does so before
  // the work. A file that was there stays until commit(). Links at the end of the path stay links,
  // and are followed as PathEnd does it. Errors: its folder; a link of another user; a folder,
  // device or region is there.
  //
  // What is one of this process's own descriptors, as /dev/stdout is, is no file: its text is
  // written there at commit().
  static ErrorOr<OutputFile> prepare(const std::filesystem::path& path);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();  // without commit() nothing stays

  // The descriptor's number; -1: it is a file.
  int own_descriptor() const { return place_.own_descriptor(); }

  // Writes what comes before the rest, which commit() is given. The error names the file.
  std::optional<Error> append(std::string_view text) const;

  // Writes, flushes to the medium and gives it the name. A file that is there by then is replaced,
  // and its mode stays (and its owner and group, where this user may give them). Once. The error
  // names the file, and nothing has changed.
  ErrorOr<size_t> commit(std::string_view text);

 private:
  OutputFile(std::string shown, PathEnd place, std::string temporary, OwnedDescriptor fd)
      : shown_(std::move(shown)),
        place_(std::move(place)),
        temporary_(std::move(temporary)),
        fd_(std::move(fd)) {}
  ErrorOr<size_t> write_all(std::string_view text) const;
  void take_over_mode() const;
  std::optional<Error> give_name();

  std::string shown_;  // the path, for messages
  PathEnd place_;
  std::string temporary_;  // in its folder; empty as long as the file has no name at all
  OwnedDescriptor fd_;
};

}  // namespace daxlab
