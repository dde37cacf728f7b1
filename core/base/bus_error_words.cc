#include "core/base/bus_error_words.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "daxlab/types.h"

namespace daxlab {
namespace {

// A line of /proc/self/maps: "7f00-7f10 rw-s 00002000 fe:00 1234   /dev/shm/a".
struct MappedPlace {
  bool found = false;
  uint64_t offset_bytes = 0;     // of the address, in the file
  std::array<char, 512> path{};  // empty: no file
};

bool place_in_line(const char* line, uint64_t address, MappedPlace& place) {
  char* rest = nullptr;
  const uint64_t start = std::strtoull(line, &rest, 16);
  if (*rest != '-') return false;
  const uint64_t end = std::strtoull(rest + 1, &rest, 16);
  if (address < start || address >= end) return false;
  if (std::strlen(rest) < 6) return false;
  const uint64_t file_offset = std::strtoull(rest + 6, &rest, 16);  // behind " rw-s "
  place.found = true;
  place.offset_bytes = file_offset + (address - start);
  const char* path = std::strchr(rest, '/');
  if (path != nullptr) std::snprintf(place.path.data(), place.path.size(), "%s", path);
  return true;
}

// Without memory and streams: a handler may come at any time.
MappedPlace place_of(uint64_t address) {
  MappedPlace place;
  const int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (maps < 0) return place;
  std::array<char, 640> line;  // what is longer loses its end
  size_t length = 0;
  std::array<char, 1024> chunk;
  for (ssize_t count = 0; !place.found && (count = read(maps, chunk.data(), chunk.size())) > 0;) {
    for (ssize_t at = 0; at < count && !place.found; ++at) {
      const char letter = chunk[static_cast<size_t>(at)];
      if (letter != '\n') {
        if (length + 1 < line.size()) line[length++] = letter;
        continue;
      }
      line[length] = '\0';
      length = 0;
      place_in_line(line.data(), address, place);
    }
  }
  close(maps);
  return place;
}

// The name of a memfd is not a path: "/memfd:daxlab-region (deleted)".
constexpr std::string_view memfd_prefix = "/memfd:";
constexpr std::string_view deleted_suffix = " (deleted)";

// The file's end, or its file system's, if one of them is the cause; where to write more else.
int write_cause(const char* path, uint64_t offset_bytes, std::span<char> into) {
  struct stat file {};
  if (stat(path, &file) == 0 && S_ISREG(file.st_mode)) {
    const auto file_bytes = static_cast<uint64_t>(file.st_size);
    const uint64_t end_bytes = (file_bytes + page_bytes - 1) / page_bytes * page_bytes;
    if (offset_bytes >= end_bytes) {
      return std::snprintf(into.data(), into.size(),
                           "the file ends at byte %" PRIu64 ": it was cut after it was mapped",
                           file_bytes);
    }
  }
  std::array<char, 512> folder{};
  std::snprintf(folder.data(), folder.size(), "%s", path);
  char* const last = std::strrchr(folder.data(), '/');
  if (last != nullptr) *(last == folder.data() ? last + 1 : last) = '\0';
  struct statfs facts {};
  if (statfs(folder.data(), &facts) != 0 || facts.f_blocks == 0) return 0;
  const uint64_t free_bytes = facts.f_bavail * static_cast<uint64_t>(facts.f_bsize);
  if (free_bytes >= page_bytes) return 0;
  return std::snprintf(into.data(), into.size(), "no space left in %s (%" PRIu64 " bytes free)",
                       folder.data(), free_bytes);
}

// Appends as snprintf does, and stays within.
class Writer {
 public:
  explicit Writer(std::span<char> into) : into_(into) {}
  std::span<char> rest() const { return into_.subspan(length_); }
  bool add(int written) {
    if (written <= 0 || rest().empty()) return false;
    length_ += std::min(static_cast<size_t>(written), rest().size() - 1);
    return true;
  }
  bool add(const char* text) {
    return add(std::snprintf(rest().data(), rest().size(), "%s", text));
  }
  size_t length() const { return length_; }

 private:
  std::span<char> into_;
  size_t length_ = 0;
};

void write_all(const BusError& error, Writer& writer) {
  const auto address = reinterpret_cast<uint64_t>(error.address);
  const MappedPlace place = place_of(address);
  const std::string_view path = place.path.data();
  const bool memfd = path.starts_with(memfd_prefix);
  writer.add(error.store ? "at a store to " : "at a load from ");
  if (path.empty()) {
    writer.add(
        std::snprintf(writer.rest().data(), writer.rest().size(), "address 0x%" PRIx64, address));
  } else {
    const std::string_view shown = memfd && path.ends_with(deleted_suffix)
                                       ? path.substr(1, path.size() - 1 - deleted_suffix.size())
                                       : path;
    writer.add(std::snprintf(writer.rest().data(), writer.rest().size(), "%.*s, byte %" PRIu64,
                             static_cast<int>(shown.size()), shown.data(), place.offset_bytes));
  }
  writer.add(": ");
  if (error.code == BUS_MCEERR_AR || error.code == BUS_MCEERR_AO) {
    writer.add("its memory is broken (hwpoison, or a bad block of the region)");
    return;
  }
  const bool on_disk = !path.empty() && !memfd;
  if (on_disk && writer.add(write_cause(place.path.data(), place.offset_bytes, writer.rest()))) {
    return;
  }
  writer.add(on_disk
                 ? "the kernel had no page for it (a failing disk, a quota), or no space in the "
                   "region"
                 : "no page for it: no space in the region, or the fault was refused");
}

}  // namespace

BusError bus_error_of(const siginfo_t& info, const void* context) noexcept {
  constexpr greg_t store_bit = 2;  // of the processor's error code of a page fault
  const auto* registers = static_cast<const ucontext_t*>(context);
  const bool store =
      registers != nullptr && (registers->uc_mcontext.gregs[REG_ERR] & store_bit) != 0;
  return {info.si_addr, info.si_code, store};
}

size_t describe_bus_error(const BusError& error, std::span<char> into) noexcept {
  if (error.code <= 0 || into.empty()) return 0;
  const int saved_errno = errno;
  Writer writer(into);
  write_all(error, writer);
  errno = saved_errno;
  return writer.length();
}

std::string bus_error_text(const BusError& error) {
  std::array<char, 1024> text;
  return {text.data(), describe_bus_error(error, text)};
}

}  // namespace daxlab
