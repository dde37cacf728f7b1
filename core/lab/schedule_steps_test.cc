// The core's steps under a schedule that only counts, or answers that a step be left out or done
// twice: each operation tells its steps, and the answer decides what happens.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>

#include "core/engine/simulator/fiber_scheduler.h"
#include "core/engine/simulator/simulated_address_space.h"
#include "core/lab/bare_lab.h"

namespace daxlab {
namespace {

using Kinds = std::set<StepKind>;

// Of one thread that never has to wait.
class Counting final : public Schedule {
 public:
  std::map<StepKind, uint64_t> steps;
  std::map<StepKind, uint32_t> answers;  // 1 where nothing stands

  uint32_t step(StepKind kind, const void*, SourceLocation) noexcept override {
    ++steps[kind];
    const auto answer = answers.find(kind);
    return answer == answers.end() ? 1 : answer->second;
  }
  void keep_for_later(std::function<void()>) noexcept override { ADD_FAILURE() << "not asked for"; }
  void has_done(StepKind) noexcept override {}
  void wait_while(std::atomic<uint32_t>&, uint32_t) noexcept override {
    ADD_FAILURE() << "waits for nobody";
  }
  void wake(std::atomic<uint32_t>&, bool) noexcept override {}
  void has_locked(const void* lock, SourceLocation) noexcept override { locked.insert(lock); }
  void has_unlocked(const void* lock) noexcept override {
    const auto held = locked.find(lock);
    ASSERT_NE(held, locked.end());
    locked.erase(held);
  }
  uint32_t process() const noexcept override { return 0; }
  std::multiset<const void*> locked;
};

class Steps : public testing::Test {
 protected:
  static constexpr uint64_t pages = 8;

  Steps() {
    lab.writing.script = [](ByteRange range, WriteOps& ops) -> Result<uint64_t> {
      if (ops.reserve(range, Staging::in_place) < range.length_bytes) return ErrorCode::no_space;
      if (Status status = ops.copy(range); !status.ok()) return status;
      if (Status status = ops.publish(range); !status.ok()) return status;
      return range.length_bytes;
    };
    EXPECT_TRUE(file->truncate(pages * page_bytes).ok());
    view = file->map({0, pages}).take();
  }
  template <class Act>
  void under_schedule(Act act) {
    schedule.steps.clear();
    set_schedule_of_thread(&schedule);
    act();
    set_schedule_of_thread(nullptr);
    EXPECT_TRUE(schedule.locked.empty());
  }
  template <class Act>
  void expect_steps(const std::string& operation, const Kinds& taken, const Kinds& never, Act act) {
    under_schedule(act);
    EXPECT_EQ(schedule.steps[StepKind::lock] + schedule.steps[StepKind::try_lock],
              schedule.steps[StepKind::unlock])
        << operation;
    EXPECT_EQ(schedule.steps[StepKind::lock_shared], schedule.steps[StepKind::unlock_shared])
        << operation;
    for (StepKind kind : taken) EXPECT_GT(schedule.steps[kind], 0u) << operation << name_of(kind);
    for (StepKind kind : never) EXPECT_EQ(schedule.steps[kind], 0u) << operation << name_of(kind);
  }
  uint64_t flushes() { return lab.counters.sum(Counter::flushes); }
  uint64_t free_blocks() { return lab.allocator->free_blocks(); }

  BareLab lab;
  SimulatedAddressSpace addresses{*lab.region};
  std::unique_ptr<DaxFileSystem> files = lab.files_on(addresses);
  std::unique_ptr<File> file = files->create("file").take();
  std::unique_ptr<View> view;
  Counting schedule;
};

TEST_F(Steps, AreToldByEveryOperation) {
  using enum StepKind;
  const Kinds persists = {publish, flush, fence};
  const auto with = [](Kinds some, const Kinds& more) {
    some.insert(more.begin(), more.end());
    return some;
  };
  expect_steps("load of a hole: ", {StepKind::load, lock, find_block, insert, unlock},
               {publish, allocate, flush, fence, StepKind::free}, [&] { view->load(0); });
  expect_steps("load of what is shown: ", {StepKind::load}, {find_block, insert, lock, relax},
               [&] { view->load(0); });
  expect_steps("store into a hole: ",
               with(persists, {StepKind::store, lock, find_block, allocate, zero, insert}), {copy},
               [&] { view->store(0, 1); });
  expect_steps("store to what is shown: ", {StepKind::store}, {insert, allocate, publish, fence},
               [&] { view->store(0, 2); });
  expect_steps(
      "write into a hole: ", with(persists, {lock, find_block, allocate, copy, lock_shared}),
      {StepKind::free}, [&] { write_word(*file, 3 * page_bytes, 3); });
  expect_steps("write over a block: ", {find_block, copy, fence},
               {allocate, publish, StepKind::free},
               [&] { write_word(*file, 3 * page_bytes + 8, 3); });
  expect_steps("read: ", {lock_shared, find_block}, {publish, flush, fence, insert, allocate},
               [&] { read_word(*file, 0); });
  expect_steps("sync: ", {flush, fence}, {publish, allocate, insert},
               [&] { EXPECT_TRUE(file->sync().ok()); });
  expect_steps("punch: ", with(persists, {lock, unmap, wait, StepKind::free}), {allocate, insert},
               [&] {
                 EXPECT_TRUE(file->punch({0, page_bytes}).ok());
               });
  expect_steps("truncate: ", with(persists, {lock, unmap, wait, StepKind::free}),
               {allocate, insert}, [&] { EXPECT_TRUE(file->truncate(page_bytes).ok()); });
  expect_steps("create: ", with(persists, {lock, unlock}), {insert, unmap, StepKind::free},
               [&] { EXPECT_TRUE(files->create("other").ok()); });
  write_word(*file, 0, 4);
  expect_steps("unlink: ", with(persists, {lock, StepKind::free}), {insert, allocate}, [&] {
    view.reset();
    file.reset();
    EXPECT_TRUE(files->unlink("file").ok());
  });
}

TEST_F(Steps, AFlushThatIsAnsweredWithZeroOrTwoIsDoneSoOften) {
  const auto flushes_of_sync = [&](uint32_t times) {
    view->store(0, times);
    schedule.answers = {{StepKind::flush, times}};
    const uint64_t before = flushes();
    under_schedule([&] { EXPECT_TRUE(file->sync().ok()); });
    return flushes() - before;
  };
  flushes_of_sync(1);
  const uint64_t once = flushes_of_sync(1);
  EXPECT_GT(once, 0u);
  EXPECT_EQ(flushes_of_sync(0), 0u);
  EXPECT_EQ(flushes_of_sync(2), 2 * once);
}

TEST_F(Steps, AFreeThatIsLeftOutLeaksAndTwiceIsRefused) {
  const auto given_back = [&](uint32_t times) {
    EXPECT_TRUE(file->punch({0, page_bytes}).ok());
    view->store(0, 1);
    const uint64_t before = free_blocks();
    schedule.answers = {{StepKind::free, times}};
    under_schedule([&] { EXPECT_TRUE(file->punch({0, page_bytes}).ok()); });
    return free_blocks() - before;
  };
  given_back(1);
  const uint64_t once = given_back(1);
  EXPECT_GT(once, 0u);
  EXPECT_EQ(given_back(0), 0u);
  EXPECT_EQ(given_back(2), once) << "the plugin must not hear of a block twice";
}

TEST_F(Steps, APublishThatIsLeftOutIsSeenByNobody) {
  write_word(*file, 0, 1);
  schedule.answers = {{StepKind::publish, 0}};
  under_schedule([&] { write_word(*file, page_bytes, 2); });
  EXPECT_EQ(read_word(*file, page_bytes), 0u);
  schedule.answers = {{StepKind::publish, 2}};
  under_schedule([&] { write_word(*file, 2 * page_bytes, 3); });
  EXPECT_EQ(read_word(*file, 2 * page_bytes), 3u);
  EXPECT_EQ(read_word(*file, 0), 1u);
}

TEST_F(Steps, AnUnmapThatIsLeftOutShowsWhatWas) {
  const auto shown_after_write = [&](uint64_t page, uint32_t times) {
    EXPECT_EQ(view->load(page * page_bytes), 0u);  // a zero page
    schedule.answers = {{StepKind::unmap, times}};
    under_schedule([&] { write_word(*file, page * page_bytes, 7); });
    EXPECT_EQ(read_word(*file, page * page_bytes), 7u);
    return view->load(page * page_bytes);
  };
  EXPECT_EQ(shown_after_write(0, 1), 7u);
  EXPECT_EQ(shown_after_write(1, 0), 0u);
  EXPECT_EQ(shown_after_write(2, 2), 7u);
}

// Two threads on one file, in a process of its own; what it tells goes through the pipe.
std::string trace_of_a_lab(uint64_t seed) {
  BareLab lab;
  SimulatedAddressSpace addresses(*lab.region);
  lab.writing.script = [](ByteRange range, WriteOps& ops) -> Result<uint64_t> {
    const uint64_t reserved = ops.reserve(range, Staging::in_place);
    if (reserved < range.length_bytes) return ErrorCode::no_space;
    if (Status status = ops.copy(range); !status.ok()) return status;
    if (Status status = ops.publish(range); !status.ok()) return status;
    return range.length_bytes;
  };
  const std::unique_ptr<DaxFileSystem> files = lab.files_on(addresses);
  const std::unique_ptr<File> file = files->create("file").take();
  EXPECT_TRUE(file->truncate(4 * page_bytes).ok());
  std::array<std::unique_ptr<View>, 2> views;
  const auto thread = [&](uint32_t number) {
    return SimulatedThread{[&, number] {
                             views[number] = file->map({0, 4}).take();
                             for (uint64_t page = 0; page < 4; ++page) {
                               views[number]->store(page * page_bytes + 8 * number, page);
                               write_word(*file, page * page_bytes + 64, number);
                               views[number]->load(page * page_bytes);
                             }
                             EXPECT_TRUE(file->punch({page_bytes * number, page_bytes}).ok());
                             EXPECT_TRUE(file->sync().ok());
                           },
                           number};
  };
  FiberScheduler scheduler({.keep_trace = true});
  const auto policy = random_policy(seed);
  const ScheduledRun run = scheduler.run(std::array{thread(0), thread(1)}, *policy);
  EXPECT_EQ(run.end, RunEnd::completed) << run.text;
  return to_text(run.trace);
}

std::string trace_in_another_process(uint64_t seed) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    // Whatever lies elsewhere in this process makes no difference.
    const std::string elsewhere(123'457, 'x');
    const std::string text = trace_of_a_lab(seed) + (testing::Test::HasFailure() ? "FAILED" : "");
    for (size_t at = 0; at < text.size();) {
      const ssize_t written = write(ends[1], text.data() + at, text.size() - at);
      if (written <= 0) _exit(1);
      at += static_cast<size_t>(written);
    }
    _exit(elsewhere.empty() ? 1 : 0);
  }
  close(ends[1]);
  std::string text;
  std::array<char, 4096> piece{};
  for (ssize_t got = 0; (got = read(ends[0], piece.data(), piece.size())) > 0;) {
    text.append(piece.data(), static_cast<size_t>(got));
  }
  close(ends[0]);
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  return text;
}

TEST(Traces, AreTheSameInEveryProcess) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const std::string here = trace_of_a_lab(seed);
    EXPECT_GT(std::ranges::count(here, '\n'), 300) << here;
    EXPECT_EQ(here, trace_in_another_process(seed));
  }
  EXPECT_NE(trace_of_a_lab(1), trace_of_a_lab(2));
}

}  // namespace
}  // namespace daxlab
