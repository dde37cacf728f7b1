#include "harness/run/cell_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "core/base/bus_error.h"
#include "core/base/owned_descriptor.h"
#include "core/base/user_memory.h"
#include "harness/run/cell_process_runs_test.h"

namespace daxlab {
namespace {

TEST(CellProcess, GivesTheResult) {
  const CellOutcome outcome = run(spec_of(
      [](CellChannel& channel, CallLog&) { EXPECT_TRUE(channel.send_result("the result")); }));
  EXPECT_EQ(outcome.result, "the result");
  EXPECT_FALSE(outcome.failure.has_value());
  expect_reaped();
}

// Nor does it matter that its parent had a lab: what is installed once is installed in the cell.
TEST(CellProcess, SurvivesAccessesThatAPartOfItsLabMaySurvive) {
  install_fault_handlers();
  const CellOutcome outcome = run(spec_of([](CellChannel& channel, CallLog&) {
    install_fault_handlers();
    uint64_t value = 0;
    if (!load_user_word(nullptr, value)) channel.send_result("not there");
  }));
  EXPECT_EQ(outcome.result.value_or(outcome.failure.value_or(Failure{}).message), "not there");
}

TEST(CellProcess, CarriesTheLongestResultAndRefusesALongerOne) {
  const std::string longest(longest_message_bytes, 'x');
  const CellOutcome outcome = run(spec_of([&](CellChannel& channel, CallLog&) {
    if (channel.send_result(longest + "x")) _exit(9);
    if (!channel.send_result(longest)) _exit(8);
  }));
  EXPECT_EQ(outcome.failure.value_or(Failure{}).message, "");
  EXPECT_EQ(outcome.result.value_or("").size(), longest.size());
}

TEST(CellProcess, ALongResultComesInPieces) {
  std::string longest(longest_result_bytes, 'x');
  for (size_t i = 0; i < longest.size(); i += 1000) longest[i] = static_cast<char>('a' + i % 26);
  const CellOutcome outcome = run(spec_of([&](CellChannel& channel, CallLog&) {
    if (channel.send_long_result(longest + "x")) _exit(9);
    if (!channel.send_long_result(longest)) _exit(8);
  }));
  EXPECT_EQ(outcome.failure.value_or(Failure{}).message, "");
  EXPECT_TRUE(outcome.result == longest);
}

TEST(CellProcess, EachProgressIsGivenAndLetsTheLimitBeginAnew) {
  std::vector<std::string> seen;
  CellProcessSpec spec = spec_of(
      [](CellChannel& channel, CallLog&) {
        channel.send_progress("one");
        channel.send_progress("two");
        channel.send_result("done");
      },
      no_limit);
  spec.on_progress = [&](const std::string& text) { seen.push_back(text); };
  const auto process = start(std::move(spec));
  const auto first_deadline = process->deadline();
  EXPECT_EQ(process->outcome().result, "done");
  EXPECT_EQ(seen, (std::vector<std::string>{"one", "two"}));
  EXPECT_GT(process->deadline(), first_deadline);
}

TEST(CellProcess, WithoutProgressTheLimitIsOver) {
  CellProcessSpec spec = spec_of(
      [](CellChannel& channel, CallLog&) {
        channel.send_progress("alive");
        loop_for_ever();
      },
      50ms);
  spec.on_progress = [](const std::string&) {};
  EXPECT_EQ(run(std::move(spec)).failure.value_or(Failure{}).message,
            "still running at the time limit of 50 ms, in no plugin");
}

// As after Ctrl-Z and `fg`.
TEST(CellProcess, WhoWasNotThereAtTheDeadlineGivesTheTimeAgain) {
  const auto process = start(spec_of([](CellChannel&, CallLog&) { loop_for_ever(); }, 50ms));
  std::this_thread::sleep_until(process->deadline() + CellProcess::longest_lateness);
  EXPECT_FALSE(process->serve());
  EXPECT_GT(process->deadline(), CellProcess::Clock::now());
  EXPECT_EQ(process->outcome().failure.value_or(Failure{}).message,
            "still running at the time limit of 50 ms, in no plugin");
}

TEST(CellProcess, NoResultIsAFailure) {
  EXPECT_EQ(failure_of([](CellChannel&, CallLog&) {}),
            "the cell's process ended with status 0 and no result");
}

TEST(CellProcess, DyingAfterTheResultIsAFailure) {
  EXPECT_EQ(failure_of([](CellChannel& channel, CallLog&) {
              channel.send_result("fine");
              abort();
            }),
            "the cell's process was killed by SIGABRT, in no plugin");
}

TEST(CellProcess, GarbageIsAFailure) {
  const std::string failure = failure_of([](CellChannel& channel, CallLog&) {
    for (int fd = 3; fd < 64; ++fd) send(fd, "\x01garbage", 8, MSG_NOSIGNAL);
    channel.send_result("fine");
  });
  EXPECT_EQ(failure, "the cell's process ended with status 0 and a message that is not a result");
}

TEST(CellProcess, KilledFromOutsideSuggestsWhy) {
  EXPECT_EQ(failure_of([](CellChannel&, CallLog&) { raise(SIGKILL); }),
            "the cell's process was killed by SIGKILL, perhaps by the kernel for want of memory "
            "(see dmesg)");
}

TEST(CellProcess, ShowsTheLastLinesThatTheChildPrinted) {
  EXPECT_EQ(failure_of([](CellChannel&, CallLog&) {
              std::printf("on standard output\n");
              std::fflush(stdout);
              std::fprintf(stderr, "first\nsecond\nthird\nfourth\n\nfi\x01th\n");
              abort();
            }),
            "the cell's process was killed by SIGABRT, in no plugin\nit printed: "
            "first\nsecond\nthird\nfourth\nfi?th");
}

TEST(CellProcess, AnyAmountOfOutputIsTakenAndTheEndOfItKept) {
  const std::string failure = failure_of([](CellChannel&, CallLog&) {
    for (int i = 0; i < 100'000; ++i) std::fprintf(stderr, "line %d\n", i);
    _exit(1);
  });
  EXPECT_NE(failure.find("line 99999"), std::string::npos) << failure;
  EXPECT_EQ(failure.find("line 99990\n"), std::string::npos) << failure;
}

TEST(CellProcess, AnExceptionEndsTheChildNotTheParent) {
  const pid_t self = getpid();
  const std::string failure =
      failure_of([](CellChannel&, CallLog&) { throw std::runtime_error("not caught"); });
  ASSERT_EQ(getpid(), self);
  EXPECT_EQ(failure.rfind("the cell's process was killed by SIGABRT", 0), 0u) << failure;
  EXPECT_NE(failure.find("not caught"), std::string::npos) << failure;
}

TEST(CellProcess, TheChildHasNoBlockedSignalsNoInputAndNoCoreFile) {
  sigset_t all, before;
  sigfillset(&all);
  ASSERT_EQ(sigprocmask(SIG_BLOCK, &all, &before), 0);
  const CellOutcome outcome = run(spec_of([](CellChannel& channel, CallLog&) {
    sigset_t blocked;
    sigprocmask(SIG_BLOCK, nullptr, &blocked);
    rlimit core{1, 1};
    getrlimit(RLIMIT_CORE, &core);
    const bool clean = sigisemptyset(&blocked) == 1 && core.rlim_cur == 0 && getchar() == EOF;
    channel.send_result(clean ? "clean" : "not clean");
  }));
  ASSERT_EQ(sigprocmask(SIG_SETMASK, &before, nullptr), 0);
  EXPECT_EQ(outcome.result.value_or(outcome.failure.value_or(Failure{}).message), "clean");
}

TEST(CellProcess, ManyRunsLeaveNoDescriptorBehind) {
  const auto lowest_free = [] {
    const OwnedDescriptor fd(dup(STDERR_FILENO));
    return fd.number();
  };
  const int before = lowest_free();
  for (int i = 0; i < 5; ++i) failure_of([](CellChannel&, CallLog&) { _exit(1); });
  EXPECT_EQ(lowest_free(), before);
}

TEST(CellProcess, WhoeverGivesItUpKillsIt) {
  ASSERT_NE(start(spec_of([](CellChannel&, CallLog&) { loop_for_ever(); })), nullptr);
  expect_reaped();
}

// A process between, so that it can die; what it leaves behind comes to this one.
TEST(CellProcess, TheChildDiesWithItsParent) {
  ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  const pid_t between = fork();
  ASSERT_GE(between, 0);
  if (between == 0) {
    const pid_t self = getpid();
    const auto process = CellProcess::start(spec_of([self](CellChannel&, CallLog&) {
      kill(self, SIGKILL);
      for (;;) pause();
    }));
    if (process.ok()) process.value()->outcome();
    _exit(1);
  }
  int ended = 0, status = 0;
  while (wait(&status) > 0) {
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
    ++ended;
  }
  EXPECT_EQ(ended, 2);
  prctl(PR_SET_CHILD_SUBREAPER, 0);
}

// Two that are served by turns: neither waits for the other, nor takes what is the other's.
TEST(CellProcess, SeveralRunAtOnce) {
  const auto body = [](const char* result) {
    return [result](CellChannel& channel, CallLog&) {
      if (!channel.start_measuring().ok() || !channel.measure().ok()) _exit(1);
      channel.send_result(result);
    };
  };
  const auto endless = start(spec_of([](CellChannel&, CallLog&) { loop_for_ever(); }));
  const auto first = start(spec_of(body("first"))), second = start(spec_of(body("second")));
  ASSERT_TRUE(endless && first && second);
  EXPECT_EQ(second->outcome().result, "second");
  EXPECT_EQ(first->outcome().result, "first");
  EXPECT_FALSE(endless->serve().has_value());
}

TEST(CellProcess, OfItsParentsDescriptorsItHasTheStandardStreamsAndItsChannelOnly) {
  const auto other = start(spec_of([](CellChannel&, CallLog&) { loop_for_ever(); }));
  const OwnedDescriptor secret(open("/dev/null", O_RDONLY | O_CLOEXEC));
  ASSERT_TRUE(secret.is_open());
  const CellOutcome outcome = run(spec_of([](CellChannel& channel, CallLog&) {
    int open_ones = 0;
    for (int fd = 3; fd < 1024; ++fd) open_ones += fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
    channel.send_result(std::to_string(open_ones));
  }));
  EXPECT_EQ(outcome.result.value_or(outcome.failure.value_or(Failure{}).message), "1");
}

}  // namespace
}  // namespace daxlab
