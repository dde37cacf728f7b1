// No two files that a command writes are one, and none is one that it reads: by whatever names,
// through links and mounts, also where nothing is yet.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error_or.h"
#include "core/base/trusted_path.h"

namespace daxlab {

class DistinctFiles {
 public:
  // Standard output and error are files that are written, when they lead into one.
  DistinctFiles();

  // What a file is to the command, for messages: "a config", "the file of --csv".
  void add_read(const std::filesystem::path& path, std::string what);
  // `where`: "--out ", with which an error begins. The error: it is one of those before, or cannot
  // be found (see PathEnd::find).
  std::optional<Error> add_written(const std::filesystem::path& path, std::string what,
                                   std::string_view where);

 private:
  // Of a file that is there its own, else its folder's and a name.
  struct Identity {
    dev_t device;
    ino_t inode;
    std::string name;
    friend bool operator==(const Identity&, const Identity&) = default;
  };
  struct Known {
    Identity identity;
    std::string what;
    bool is_stream = false;
  };
  static std::optional<Identity> identity_of(const PathEnd& place);
  void add_stream(int descriptor, const char* what);

  std::vector<Known> known_;
};

}  // namespace daxlab
