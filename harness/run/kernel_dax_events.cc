#include "harness/run/kernel_dax_events.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "core/base/errno_status.h"
#include "core/base/kernel_file.h"
#include "core/base/owned_descriptor.h"
#include "daxlab/types.h"
#include "harness/run/kernel_fault_bits.h"

namespace daxlab {
namespace {

std::filesystem::path instance_of(pid_t process, const std::filesystem::path& tracefs) {
  return tracefs / "instances" / fmt::format("daxlab-{}", process);
}

std::optional<Error> write_setting(const std::filesystem::path& file, std::string_view text) {
  const OwnedDescriptor setting(::open(file.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  const auto length = static_cast<ssize_t>(text.size());
  if (setting.is_open() && ::write(setting.number(), text.data(), text.size()) == length) {
    return std::nullopt;
  }
  return error_from_errno(file.string(), errno);
}

// What stands behind `word`, up to a space; empty: no such word.
std::string_view behind(std::string_view line, std::string_view word) {
  const size_t at = line.find(word);
  if (at == line.npos) return {};
  line.remove_prefix(at + word.size());
  return line.substr(0, line.find(' '));
}

uint64_t number(std::string_view text, int base = 10) {
  if (text.starts_with("0x")) {
    text.remove_prefix(2);
    base = 16;
  }
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

// "12.345678" seconds.
uint64_t ns_of(std::string_view stamp) {
  const size_t point = stamp.find('.');
  if (point == stamp.npos) return 0;
  return number(stamp.substr(0, point)) * 1'000'000'000 + number(stamp.substr(point + 1)) * 1000;
}

// A line "   daxlab-123   [000] .....    12.345678: dax_pte_fault_done: dev 259:0 ino 0xc shared
// WRITE|USER address 0x7f00 pgoff 0x3 NOPAGE".
struct EventLine {
  std::string_view name;
  TraceEvent event;  // begin_ns: when the line was made
};

std::optional<EventLine> read_event_line(std::string_view line) {
  const size_t name_at = line.find(": dax_");
  const size_t cpu_at = line.find(" [");
  if (line.starts_with('#') || name_at == line.npos || cpu_at > name_at) return std::nullopt;
  EventLine read;
  read.name = line.substr(name_at + 2, line.find(':', name_at + 2) - name_at - 2);
  const std::string_view stamp = line.substr(0, name_at);
  read.event.begin_ns = ns_of(stamp.substr(stamp.rfind(' ') + 1));
  const std::string_view task = line.substr(0, line.find_last_not_of(' ', cpu_at) + 1);
  read.event.thread = static_cast<uint32_t>(number(task.substr(task.rfind('-') + 1)));
  read.event.kind = read.name.starts_with("dax_pmd_") ? TraceKind::kernel_huge_fault
                                                      : TraceKind::kernel_small_fault;
  read.event.address = number(behind(line, " address "));
  read.event.offset_bytes = number(behind(line, " pgoff ")) * page_bytes;
  read.event.is_store = line.find("WRITE|") != line.npos ? 1 : 0;
  const std::string_view last = line.substr(line.rfind(' ') + 1);
  read.event.answer = kernel_fault_bits(last);
  return read;
}

}  // namespace

KernelFaults read_kernel_dax_events(std::string_view text) {
  KernelFaults faults;
  // "# entries-in-buffer/entries-written: 12/40   #P:1"
  const std::string_view entries = behind(text, "entries-written: ");
  const uint64_t kept = number(entries.substr(0, entries.find('/')));
  const uint64_t written = number(entries.substr(std::min(entries.find('/') + 1, entries.size())));
  faults.lost_lines = written > kept ? written - kept : 0;
  // A fault of 2 MiB that falls back is over before the one of 4 KiB begins: one for each thread.
  std::map<uint32_t, TraceEvent> begun;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto read = read_event_line(line);
    if (!read) continue;
    const TraceEvent& event = read->event;
    if (read->name == "dax_pte_fault" || read->name == "dax_pmd_fault") {
      begun[event.thread] = event;
    } else if (read->name == "dax_pte_fault_done" || read->name == "dax_pmd_fault_done") {
      const auto half = begun.find(event.thread);
      if (half == begun.end() || half->second.kind != event.kind) continue;
      TraceEvent whole = half->second;
      whole.took_ns = event.begin_ns - whole.begin_ns;
      whole.answer = event.answer;
      faults.events.push_back(whole);
      begun.erase(half);
    }
  }
  return faults;
}

ErrorOr<std::unique_ptr<KernelDaxEvents>> KernelDaxEvents::begin(
    const std::filesystem::path& tracefs) {
  const std::filesystem::path instance = instance_of(::getpid(), tracefs);
  // What a process of this number has left holds its events.
  ::rmdir(instance.c_str());
  if (::mkdir(instance.c_str(), 0700) != 0) {
    return error_from_errno(instance.string(), errno);
  }
  std::unique_ptr<KernelDaxEvents> made(new KernelDaxEvents(instance));
  // The clock of all other events; 16 MiB are some 80,000 faults.
  const std::pair<const char*, std::string> settings[] = {
      {"trace_clock", "mono"},
      {"buffer_size_kb", "16384"},
      {"options/event-fork", "1"},
      {"set_event_pid", std::to_string(::getpid())},
      {"events/fs_dax/enable", "1"}};
  for (const auto& [file, value] : settings) {
    if (auto failed = write_setting(instance / file, value)) return *failed;
  }
  return made;
}

KernelDaxEvents::~KernelDaxEvents() { ::rmdir(instance_.c_str()); }

ErrorOr<KernelFaults> KernelDaxEvents::end() {
  if (auto failed = write_setting(instance_ / "events/fs_dax/enable", "0")) return *failed;
  const auto text = read_whole(instance_ / "trace");
  if (!text.ok()) return text.error();
  return read_kernel_dax_events(text.value());
}

void remove_kernel_dax_events(pid_t process, const std::filesystem::path& tracefs) {
  ::rmdir(instance_of(process, tracefs).c_str());  // nothing is there unless it has crashed
}

}  // namespace daxlab
