#include "harness/commands/distinct_files.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace daxlab {

DistinctFiles::DistinctFiles() {
  add_stream(STDOUT_FILENO, "where standard output goes");
  add_stream(STDERR_FILENO, "where standard error goes");
}

// A terminal or pipe may well be both.
void DistinctFiles::add_stream(int descriptor, const char* what) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return;
  known_.push_back({{status.st_dev, status.st_ino, {}}, what, true});
}

std::optional<DistinctFiles::Identity> DistinctFiles::identity_of(const PathEnd& place) {
  if (place.is_there()) return Identity{place.status().st_dev, place.status().st_ino, {}};
  struct stat folder {};
  if (fstat(place.folder(), &folder) != 0) return std::nullopt;
  return Identity{folder.st_dev, folder.st_ino, place.name()};
}

void DistinctFiles::add_read(const std::filesystem::path& path, std::string what) {
  const auto place = PathEnd::find(path);
  if (!place.ok()) return;  // whoever reads it says why
  if (auto identity = identity_of(place.value())) {
    known_.push_back({std::move(*identity), std::move(what)});
  }
}

std::optional<Error> DistinctFiles::add_written(const std::filesystem::path& path, std::string what,
                                                std::string_view where) {
  const auto place = PathEnd::find(path);
  if (!place.ok()) return place.error().prefixed(where);
  const auto identity = identity_of(place.value());
  if (!identity) return std::nullopt;
  // By its name in /proc it is the stream itself that is meant.
  const bool may_be_stream = place.value().own_descriptor() >= 0;
  const auto same = std::ranges::find_if(known_, [&](const Known& known) {
    return known.identity == *identity && !(known.is_stream && may_be_stream);
  });
  if (same != known_.end()) {
    return Error{
        fmt::format("{}{}: is also {}; name another file", where, path.string(), same->what)};
  }
  known_.push_back({*identity, std::move(what)});
  return std::nullopt;
}

}  // namespace daxlab
