#include <atomic>
#include <thread>
#include <vector>

#include "harness/histories/concurrent.h"
#include "harness/histories/program_files.h"
#include "harness/histories/start_line.h"

namespace daxlab {
namespace {

class Runner {
 public:
  Runner(ProgramFiles& files, const ConcurrentProgram& program)
      : files_(files), program_(program) {}

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
      line.arrive_and_wait();
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
    files_.act(event);
    event.answered = clock_.fetch_add(1);
    return event;
  }

  void look_at_the_end(std::vector<Event>& events) {
    const auto round = static_cast<uint32_t>(program_.rounds.size());
    for (const SharedOp& op : files_.looks_at_the_end(events)) {
      events.push_back(perform(program_.threads, round, op));
    }
  }

  ProgramFiles& files_;
  const ConcurrentProgram& program_;
  std::atomic<uint64_t> clock_{0};
};

}  // namespace

ErrorOr<std::vector<Event>> run_program(FileSystem& files, const ConcurrentProgram& program) {
  ProgramFiles open(files, program, false);
  if (auto error = open.set_up()) return *error;
  return Runner(open, program).run();
}

}  // namespace daxlab
