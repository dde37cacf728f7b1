#include "harness/run/trace_file.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <set>
#include <utility>

#include "core/base/json.h"
#include "core/base/printable.h"
#include "daxlab/status.h"
#include "daxlab/types.h"
#include "harness/run/kernel_fault_bits.h"

namespace daxlab {
namespace {

struct KindWords {
  const char *name, *category;
};
constexpr std::array<KindWords, static_cast<size_t>(TraceKind::count)> words_of_kinds = {
    {{"operation", "workload"},
     {"read fault", "fault"},
     {"write fault", "fault"},
     {"mkwrite", "fault"},
     {"make writable", "fault"},
     {"already there", "fault"},
     {"write", "call"},
     {"read", "call"},
     {"truncate", "call"},
     {"punch", "call"},
     {"preallocate", "call"},
     {"sync", "call"},
     {"map", "call"},
     {"kernel fault 4 KiB", "kernel"},
     {"kernel fault 2 MiB", "kernel"}}};

// As the parts are called in results.
constexpr std::array<const char*, part_count> names_of_parts = {
    "rest",    "strategy",  "find", "page_cache", "insert", "unmap", "allocate", "look_up",
    "reserve", "allocator", "pin",  "copy",       "zero",   "flush", "fence",    "publish"};

bool is_fault(TraceKind kind) {
  return kind >= TraceKind::read_fault && kind <= TraceKind::already_there;
}
bool is_kernel_fault(TraceKind kind) { return kind >= TraceKind::kernel_small_fault; }

// What the event is about, and what came of it; each member of it begins with a comma.
std::string facts_of(const TraceEvent& event) {
  std::string text;
  if (event.address != 0) text += fmt::format(R"(,"address":"{:#x}")", event.address);
  if (is_fault(event.kind) || is_kernel_fault(event.kind)) {
    text += fmt::format(R"(,"pgoff":{})", event.offset_bytes / page_bytes);
  } else if (event.kind == TraceKind::operation) {
    text += fmt::format(R"(,"operations":{})", event.length_bytes);
    return text;
  } else {
    text += fmt::format(R"(,"offset":{},"bytes":{})", event.offset_bytes, event.length_bytes);
  }
  if (is_kernel_fault(event.kind)) {
    return text + fmt::format(R"(,"thread":{},"access":"{}","result":"{}")", event.thread,
                              event.is_store != 0 ? "write" : "read",
                              kernel_fault_words(event.answer));
  }
  if (event.kind == TraceKind::read || event.kind == TraceKind::write) {
    text += fmt::format(R"(,"answer":{})", event.answer);
  }
  text += fmt::format(R"(,"result":"{}")", describe(static_cast<ErrorCode>(event.result)));
  for (size_t part = 0; part < part_count; ++part) {
    if (event.part_ns[part] == 0) continue;
    text += fmt::format(R"(,"{}_ns":{})", names_of_parts[part], event.part_ns[part]);
  }
  return text;
}

// Events of one track must nest, and those of the kernel are told to the microsecond only: they
// have tracks beside their threads', above the largest number of a thread.
uint32_t track_of(const TraceEvent& event) {
  constexpr uint32_t beside = uint32_t{1} << 30;
  return is_kernel_fault(event.kind) ? beside + event.thread : event.thread;
}

// Of the kernel's track beside a thread's: a line that gives it a name.
std::string name_line(pid_t process, const TraceEvent& event) {
  return fmt::format(R"({{"name":"thread_name","ph":"M","pid":{},"tid":{},)"
                     R"("args":{{"name":"kernel, thread {}"}}}})",
                     process, track_of(event), event.thread);
}

}  // namespace

std::string trace_line(pid_t process, const TraceEvent& event) {
  const KindWords& words = words_of_kinds[static_cast<size_t>(event.kind)];
  const std::string facts = facts_of(event);
  return fmt::format(R"({{"name":"{}","cat":"{}","ph":"X","ts":{}.{:03},"dur":{}.{:03},)"
                     R"("pid":{},"tid":{},"args":{{{}}}}})",
                     words.name, words.category, event.begin_ns / 1000, event.begin_ns % 1000,
                     event.took_ns / 1000, event.took_ns % 1000, process, track_of(event),
                     facts.empty() ? facts : facts.substr(1));
}

ErrorOr<TraceFile> TraceFile::prepare(const std::filesystem::path& path) {
  auto file = OutputFile::prepare(path);
  if (!file.ok()) return file.error();
  return TraceFile(file.take());
}

std::optional<Error> TraceFile::add(const TracedProcess& process, const Trace& trace) {
  constexpr size_t chunk_bytes = size_t{1} << 20;
  std::string text = std::exchange(is_begun_, true) ? ",\n" : "[\n";
  text += fmt::format(R"({{"name":"process_name","ph":"M","pid":{},"args":{{"name":{}}}}})",
                      process.process, Json(process.name).dump());
  std::set<uint32_t> tracks;  // of the kernel, that have a name already
  std::optional<Error> failed;
  trace.for_each([&](const TraceEvent& event) {
    if (failed || event.kind >= TraceKind::count) return;
    if (is_kernel_fault(event.kind) && tracks.insert(track_of(event)).second) {
      text += ",\n" + name_line(process.process, event);
    }
    text += ",\n" + trace_line(process.process, event);
    if (text.size() < chunk_bytes) return;
    failed = file_.append(text);
    text.clear();
  });
  const uint64_t dropped = trace.dropped();
  dropped_events_ += dropped;
  cut_runs_ += dropped > 0 ? 1 : 0;
  const std::string why = printable(trace.why_no_kernel_faults());
  runs_without_kernel_faults_ += why.empty() ? 0 : 1;
  if (why_no_kernel_faults_.empty()) why_no_kernel_faults_ = why;
  return failed ? failed : file_.append(text);
}

std::optional<Error> TraceFile::commit() {
  const auto written = file_.commit(is_begun_ ? "\n]\n" : "[]\n");
  return written.ok() ? std::nullopt : std::optional(written.error());
}

std::string TraceFile::gaps_text() const {
  std::string text;
  if (dropped_events_ != 0) {
    text += fmt::format("; {} events of {} runs did not fit: of each thread the first {} are kept",
                        dropped_events_, cut_runs_, Trace::events_of_thread);
  }
  if (runs_without_kernel_faults_ != 0) {
    text += fmt::format(
        "; {} runs on the kernel's DAX lack its faults: {}; /sys/kernel/tracing must be mounted, "
        "and root alone may write there",
        runs_without_kernel_faults_, why_no_kernel_faults_);
  }
  return text;
}

}  // namespace daxlab
