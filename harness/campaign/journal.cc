#include "harness/campaign/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/base/errno_status.h"
#include "harness/campaign/shared_parts.h"

namespace daxlab {
namespace {

// Takes back a line that could not be written to its end.
void cut_off(int fd, off_t length_bytes) {
  const int unused = ftruncate(fd, length_bytes);
  static_cast<void>(unused);  // a torn last line is known when it is read
}

// Before it is opened: what somebody else put there is not touched.
std::optional<Error> refuse(const struct stat& facts, const std::filesystem::path& path) {
  const std::string advice = "remove it, or name another file by --out";
  if (!S_ISREG(facts.st_mode)) {
    return Error{fmt::format("{}: is no plain file; {}", path.string(), advice)};
  }
  if (facts.st_uid != geteuid()) {
    return Error{
        fmt::format("{}: belongs to user {}, not to you; {}", path.string(), facts.st_uid, advice)};
  }
  if (facts.st_nlink != 1) {
    return Error{fmt::format("{}: is a file that has another name, too (a hard link); {}",
                             path.string(), advice)};
  }
  return std::nullopt;
}

}  // namespace

std::filesystem::path Journal::path_for(const std::filesystem::path& out) {
  return out.string() + ".partial";
}

Journal::~Journal() {
  struct stat facts {};
  if (fd_.is_open() && fstat(fd_.number(), &facts) == 0 && facts.st_size == 0) remove();
}

// Made here it is ours, whatever owner the file system then names (that of a network may name
// nobody); one that was there has to be.
ErrorOr<Journal> Journal::open(const std::filesystem::path& path) {
  constexpr int flags = O_RDWR | O_APPEND;
  constexpr int most_tries = 100;
  for (int i = 0; i < most_tries; ++i) {
    auto found = PathEnd::find(path, EndLinks::refused);
    if (!found.ok()) return found.error();
    PathEnd& place = found.value();
    if (place.is_there()) {
      if (auto error = refuse(place.status(), path)) return *error;
    }
    OwnedDescriptor fd =
        place.is_there() ? place.open(flags) : place.open(flags | O_CREAT | O_EXCL, 0666);
    if (!fd.is_open() && (errno == EEXIST || errno == ENOENT)) continue;  // others were quicker
    if (!fd.is_open()) return error_from_errno(path.string(), errno);
    if (place.is_there() && !place.is(fd.number())) continue;
    if (flock(fd.number(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return error_from_errno(path.string(), errno);
      return Error{path.string() + ": another daxlab is writing it; wait for it, or end it"};
    }
    // The one who had it may have been done with it.
    const auto now = PathEnd::find(path, EndLinks::refused);
    if (!now.ok() || !now.value().is(fd.number())) continue;
    Journal journal(path, std::move(place), std::move(fd));
    if (auto error = journal.read_lines()) return *error;
    return journal;
  }
  return Error{path.string() + ": others keep replacing it; end them, then try again"};
}

ErrorOr<Journal> Journal::begin(const std::filesystem::path& path) {
  auto journal = open(path);
  if (!journal.ok()) return journal;
  if (journal.value().kept_.records.empty()) {
    // Of a campaign that did not get as far as its first record.
    if (ftruncate(journal.value().fd_.number(), 0) != 0) {
      return error_from_errno(path.string(), errno);
    }
    journal.value().kept_ = {};
    return journal;
  }
  return Error{
      fmt::format("{}: holds {} finished run{} of an earlier command; go on with it by "
                  "--resume, or remove the file to start anew",
                  path.string(), journal.value().kept_.records.size(),
                  journal.value().kept_.records.size() == 1 ? "" : "s")};
}

ErrorOr<Journal> Journal::go_on(const std::filesystem::path& path) { return open(path); }

ErrorOr<std::string> Journal::read_all() const {
  std::string text;
  std::array<char, 65536> chunk;
  for (;;) {
    const ssize_t count =
        pread(fd_.number(), chunk.data(), chunk.size(), static_cast<off_t>(text.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return error_from_errno(path_.string() + ": reading", errno);
    if (count == 0) return text;
    text.append(chunk.data(), static_cast<size_t>(count));
  }
}

std::optional<Error> Journal::read_lines() {
  const auto text = read_all();
  if (!text.ok()) return text.error();
  const std::string& all = text.value();
  SharedParts parts;
  size_t number = 0, start = 0;
  for (size_t end; (end = all.find('\n', start)) != all.npos; start = end + 1) {
    ++number;
    const Json line = json_or_null(std::string_view(all).substr(start, end - start));
    if (line["context"].is_map()) {
      kept_.contexts.push_back(line["context"]);
    } else if (line.contains("run")) {
      auto record = read_record(line["run"]);
      if (!record.ok()) return wrong_line(number, record.error().message);
      parts.share(record.value());
      kept_.records.push_back(record.take());
    } else {
      return wrong_line(number, "is not what daxlab writes there");
    }
  }
  // In a file that is none of ours, nothing is cut off.
  if (number == 0 && !all.empty() && !all.starts_with("{\"context\":")) {
    return wrong_line(1, "is not what daxlab writes there");
  }
  if (start < all.size() && ftruncate(fd_.number(), static_cast<off_t>(start)) != 0) {
    return error_from_errno(path_.string() + ": dropping a torn line", errno);
  }
  return std::nullopt;
}

Error Journal::wrong_line(size_t number, std::string_view why) const {
  return Error{
      fmt::format("{}:{}: {}; name another file, or remove this one", path_.string(), number, why)};
}

std::optional<Error> Journal::add_context(const Json& context) {
  return add_line(Json{{"context", context}}.dump());
}

std::optional<Error> Journal::add(const RunRecord& record) {
  return add_line(Json{{"run", record_json(record)}}.dump());
}

std::optional<Error> Journal::add_line(std::string line) {
  line += '\n';
  const off_t before = lseek(fd_.number(), 0, SEEK_END);
  size_t written = 0;
  while (written < line.size()) {
    const ssize_t count = write(fd_.number(), line.data() + written, line.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int error_number = errno;
      if (before >= 0) cut_off(fd_.number(), before);
      return error_from_errno(path_.string() + ": writing", error_number);
    }
    written += static_cast<size_t>(count);
  }
  return std::nullopt;
}

void Journal::remove() { place_.unlink(fd_.number()); }

}  // namespace daxlab
