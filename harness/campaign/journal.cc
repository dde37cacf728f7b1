#include "harness/campaign/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/errno_status.h"

namespace daxlab {
namespace {

// Takes back a line that could not be written to its end.
void cut_off(int fd, off_t length_bytes) {
  const int unused = ftruncate(fd, length_bytes);
  static_cast<void>(unused);  // a torn last line is known when it is read
}

}  // namespace

std::filesystem::path Journal::path_for(const std::filesystem::path& out) {
  return out.string() + ".partial";
}

Journal::~Journal() {
  struct stat facts {};
  if (fd_.is_open() && fstat(fd_.number(), &facts) == 0 && facts.st_size == 0) remove();
}

ErrorOr<Journal> Journal::open(const std::filesystem::path& path) {
  const int flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK;
  OwnedDescriptor fd(::open(path.c_str(), flags, 0666));
  if (!fd.is_open()) return error_from_errno(path.string(), errno);
  struct stat facts {};
  if (fstat(fd.number(), &facts) != 0) return error_from_errno(path.string(), errno);
  if (!S_ISREG(facts.st_mode)) return Error{path.string() + ": is no plain file"};
  if (flock(fd.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return error_from_errno(path.string(), errno);
    return Error{path.string() + ": another daxlab is writing it; wait for it, or end it"};
  }
  Journal journal(path, std::move(fd));
  if (auto error = journal.read_lines()) return *error;
  return journal;
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

std::optional<Error> Journal::read_lines() {
  const auto text = read_whole_file(path_);
  if (!text.ok()) return text.error();
  const std::string& all = text.value();
  size_t number = 0, start = 0;
  for (size_t end; (end = all.find('\n', start)) != all.npos; start = end + 1) {
    ++number;
    const Json line = json_or_null(std::string_view(all).substr(start, end - start));
    if (line["context"].is_map()) {
      kept_.contexts.push_back(line["context"]);
    } else if (line.contains("run")) {
      auto record = read_record(line["run"]);
      if (!record.ok()) return wrong_line(number, record.error().message);
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

void Journal::remove() { unlink(path_.c_str()); }

}  // namespace daxlab
