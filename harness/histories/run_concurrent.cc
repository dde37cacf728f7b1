#include <fmt/format.h>

#include <atomic>
#include <memory>
#include <set>
#include <span>
#include <thread>
#include <utility>

#include "harness/histories/concurrent.h"
#include "harness/histories/history.h"

namespace daxlab {
namespace {

// Lets threads go at nearly the same moment. A std::barrier parks its threads in the kernel, which
// wakes them one by one: a round of a few microseconds would be over in one thread before the next
// began. So these look for each other, and give up the processor only when they have looked for
// long.
class StartLine {
 public:
  explicit StartLine(uint64_t threads) : threads_(threads) {}
  void wait_for_all(uint64_t round) {
    arrived_.fetch_add(1);
    for (uint32_t looks = 0; arrived_.load() < threads_ * (round + 1); ++looks) {
      if (looks % 512 == 511) std::this_thread::yield();
    }
  }

 private:
  uint64_t threads_;
  std::atomic<uint64_t> arrived_{0};
};

struct OpenFiles {
  explicit OpenFiles(FileSystem& from) : files(from) {}
  OpenFiles(const OpenFiles&) = delete;
  OpenFiles& operator=(const OpenFiles&) = delete;
  ~OpenFiles() {
    views.clear();
    for (uint32_t file = 0; file < open.size(); ++file) {
      // A name that stays fails the next program's create.
      static_cast<void>(files.unlink(file_name(file)));
    }
  }

  FileSystem& files;
  std::vector<std::unique_ptr<File>> open;
  std::vector<std::unique_ptr<View>> views;
};

std::optional<Error> set_up(OpenFiles& into, const ConcurrentProgram& program) {
  for (uint32_t file = 0; file < program.files; ++file) {
    auto created = into.files.create(file_name(file));
    if (!created.ok()) {
      return Error{fmt::format("create {}: {}", file_name(file), describe(created.code()))};
    }
    into.open.push_back(created.take());
    const Status grown = into.open.back()->truncate(program.file_pages * page_bytes);
    if (!grown.ok()) {
      return Error{fmt::format("truncate {}: {}", file_name(file), describe(grown.code()))};
    }
  }
  for (const SharedView& view : program.views) {
    auto mapped = into.open[view.file]->map(view.range);
    if (!mapped.ok()) {
      return Error{fmt::format("map {}: {}", file_name(view.file), describe(mapped.code()))};
    }
    into.views.push_back(mapped.take());
  }
  return std::nullopt;
}

class Runner {
 public:
  Runner(OpenFiles& files, const ConcurrentProgram& program) : files_(files), program_(program) {}

  std::vector<Event> run() {
    std::vector<std::vector<Event>> of_thread(program_.threads);
    StartLine line(program_.threads);
    std::vector<std::thread> threads;
    for (uint32_t thread = 0; thread < program_.threads; ++thread) {
      threads.emplace_back([&, thread] { run_thread(thread, line, of_thread[thread]); });
    }
    for (std::thread& thread : threads) thread.join();
    std::vector<Event> all;
    for (const auto& events : of_thread) all.insert(all.end(), events.begin(), events.end());
    look_at_the_end(all);
    return all;
  }

 private:
  void run_thread(uint32_t thread, StartLine& line, std::vector<Event>& into) {
    for (uint32_t round = 0; round < program_.rounds.size(); ++round) {
      const auto& ops = program_.rounds[round][thread];
      into.reserve(into.size() + ops.size());
      line.wait_for_all(round);
      for (const SharedOp& op : ops) into.push_back(perform(thread, round, op));
    }
  }

  // One ticket before and one after: the read-modify-writes of one counter order everything before
  // one ticket ahead of everything after a later one.
  Event perform(uint32_t thread, uint32_t round, const SharedOp& op) {
    Event event;
    event.thread = thread;
    event.round = round;
    event.op = op;
    event.invoked = clock_.fetch_add(1);
    act(event);
    event.answered = clock_.fetch_add(1);
    return event;
  }

  void act(Event& event) {
    const SharedOp& op = event.op;
    File& file = *files_.open[op.file];
    View& view = *files_.views[op.view];
    const uint64_t in_view = op.offset_bytes - program_.views[op.view].range.pgoff * page_bytes;
    const std::span<std::byte> bytes =
        std::as_writable_bytes(std::span(event.words)).first(op.words * 8);
    switch (op.kind) {
      case SharedOpKind::load:
        if (op.may_be_cut) return take(event, view.try_load(in_view));
        event.words[0] = view.load(in_view);
        return;
      case SharedOpKind::store:
        if (op.may_be_cut) {
          event.code = view.try_store(in_view, op.value).code();
        } else {
          view.store(in_view, op.value);
        }
        return;
      case SharedOpKind::read:
        return count(event, file.read(op.offset_bytes, bytes));
      case SharedOpKind::write:
        for (uint64_t word = 0; word < op.words; ++word) event.words[word] = op.value + word;
        return count(event, file.write(op.offset_bytes, bytes));
      case SharedOpKind::punch:
        event.code = file.punch({op.offset_bytes, page_bytes}).code();
        return;
      case SharedOpKind::truncate:
        event.code = file.truncate(op.offset_bytes).code();
        return;
      case SharedOpKind::preallocate:
        event.code = file.preallocate({op.offset_bytes, page_bytes}).code();
        return;
      case SharedOpKind::prefault_read:
        event.code = view.prefault({in_view, page_bytes}, false).code();
        return;
      case SharedOpKind::prefault_write:
        event.code = view.prefault({in_view, page_bytes}, true).code();
        return;
      case SharedOpKind::view_sync:
        event.code = view.sync({in_view, page_bytes}).code();
        return;
      case SharedOpKind::sync:
        event.code = file.sync().code();
        return;
    }
  }

  static void take(Event& event, const Result<uint64_t>& word) {
    event.code = word.code();
    if (word.ok()) event.words[0] = word.value();
  }

  static void count(Event& event, const Result<uint64_t>& result) {
    event.code = result.code();
    if (result.ok()) event.count_bytes = result.value();
  }

  // Every word that a thread touched, through every view and by read().
  void look_at_the_end(std::vector<Event>& events) {
    std::set<std::pair<uint32_t, uint64_t>> words;  // file, offset in bytes
    for (const Event& event : events) {
      if (event.op.kind == SharedOpKind::truncate) continue;
      for (uint64_t word = 0; word < event.op.words; ++word) {
        words.insert({event.op.file, event.op.offset_bytes + 8 * word});
      }
    }
    const uint32_t thread = program_.threads;
    const auto round = static_cast<uint32_t>(program_.rounds.size());
    for (const auto& [file, offset_bytes] : words) {
      for (uint32_t view = 0; view < program_.views.size(); ++view) {
        if (program_.views[view].file != file) continue;
        const SharedOp load{SharedOpKind::load, file, view, offset_bytes};
        events.push_back(perform(thread, round, load));
      }
      const SharedOp read{SharedOpKind::read, file, 0, offset_bytes};
      events.push_back(perform(thread, round, read));
    }
  }

  OpenFiles& files_;
  const ConcurrentProgram& program_;
  std::atomic<uint64_t> clock_{0};
};

}  // namespace

ErrorOr<std::vector<Event>> run_program(FileSystem& files, const ConcurrentProgram& program) {
  OpenFiles open(files);
  if (auto error = set_up(open, program)) return *error;
  return Runner(open, program).run();
}

}  // namespace daxlab
