#include "harness/run/cell_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/base/failure_log.h"
#include "core/base/owned_descriptor.h"

namespace daxlab {
namespace {

using namespace std::chrono_literals;
using Body = std::function<void(CellChannel&, CallLog&)>;

// Long enough that no machine reaches it by being slow.
constexpr auto no_limit = 600s;

CellProcessSpec spec_of(Body body, std::chrono::nanoseconds time_limit = no_limit) {
  CellProcessSpec spec;
  spec.body = std::move(body);
  spec.time_limit = time_limit;
  spec.plugin_of = [](PluginCallback callback) {
    return std::string(plugin_kind_of(callback)) + " plugin 'x' (/x.so)";
  };
  return spec;
}

CellOutcome run(const CellProcessSpec& spec) {
  auto outcome = run_cell_process(spec);
  EXPECT_TRUE(outcome.ok()) << (outcome.ok() ? "" : outcome.error().message);
  return outcome.ok() ? outcome.take() : CellOutcome{};
}

std::string failure_of(Body body, std::chrono::nanoseconds time_limit = no_limit) {
  const CellOutcome outcome = run(spec_of(std::move(body), time_limit));
  EXPECT_FALSE(outcome.result.has_value());
  return outcome.failure.value_or("no failure");
}

// All of the children of this process are gone.
void expect_reaped() {
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

[[noreturn]] void loop_for_ever() {
  volatile uint64_t turns = 0;
  for (;;) turns = turns + 1;
}

TEST(CellProcess, GivesTheResult) {
  const CellOutcome outcome = run(spec_of(
      [](CellChannel& channel, CallLog&) { EXPECT_TRUE(channel.send_result("the result")); }));
  EXPECT_EQ(outcome.result, "the result");
  EXPECT_FALSE(outcome.failure.has_value());
  expect_reaped();
}

TEST(CellProcess, AnUnsafeAnswerExplainsTheSignalThatCameOfIt) {
  EXPECT_EQ(failure_of([](CellChannel&, CallLog& log) {
              FailureLog(&log).report(PluginCallback::alloc_allocate, "returned block %llu", 9);
              raise(SIGBUS);
            }),
            "alloc plugin 'x' (/x.so): allocate returned block 9");
}

TEST(CellProcess, CarriesTheLongestResultAndRefusesALongerOne) {
  const std::string longest(longest_message_bytes, 'x');
  const CellOutcome outcome = run(spec_of([&](CellChannel& channel, CallLog&) {
    if (channel.send_result(longest + "x")) _exit(9);
    if (!channel.send_result(longest)) _exit(8);
  }));
  EXPECT_EQ(outcome.failure.value_or(""), "");
  EXPECT_EQ(outcome.result.value_or("").size(), longest.size());
}

TEST(CellProcess, NamesThePluginThatAborted) {
  EXPECT_EQ(failure_of([](CellChannel&, CallLog& log) {
              const InPlugin inside(log, PluginCallback::fault_page_mkwrite);
              abort();
            }),
            "fault plugin 'x' (/x.so): killed by SIGABRT in page_mkwrite");
  expect_reaped();
}

TEST(CellProcess, NamesThePluginThatStoredThroughANullPointer) {
  EXPECT_EQ(failure_of([](CellChannel&, CallLog& log) {
              const InPlugin inside(log, PluginCallback::write_write);
              // A real fault; a page that nothing can be stored to stands for the null pointer,
              // which compilers and sanitizers would see.
              void* page = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              *static_cast<volatile int*>(page) = 1;
            }),
            "write plugin 'x' (/x.so): killed by SIGSEGV in write");
}

TEST(CellProcess, EachFatalSignalIsNamed) {
  const std::vector<std::pair<int, std::string>> signals = {{SIGABRT, "SIGABRT"},
                                                            {SIGSEGV, "SIGSEGV"},
                                                            {SIGBUS, "SIGBUS"},
                                                            {SIGFPE, "SIGFPE"},
                                                            {SIGILL, "SIGILL"}};
  for (const auto& [number, name] : signals) {
    EXPECT_EQ(failure_of([number = number](CellChannel&, CallLog& log) {
                const InPlugin inside(log, PluginCallback::alloc_free);
                raise(number);
              }),
              "alloc plugin 'x' (/x.so): killed by " + name + " in free");
  }
}

TEST(CellProcess, BlamesTheThreadThatCrashedNotOneThatWasInAnotherPlugin) {
  EXPECT_EQ(failure_of([](CellChannel&, CallLog& log) {
              std::atomic<bool> bystander_is_inside{false};
              std::thread bystander([&] {
                const InPlugin inside(log, PluginCallback::alloc_allocate);
                bystander_is_inside = true;
                bystander_is_inside.notify_all();
                for (;;) pause();
              });
              bystander_is_inside.wait(false);
              const InPlugin inside(log, PluginCallback::fault_fault);
              abort();
            }),
            "fault plugin 'x' (/x.so): killed by SIGABRT in fault");
}

TEST(CellProcess, ACrashOutsidePluginsBlamesNone) {
  EXPECT_EQ(failure_of([](CellChannel&, CallLog&) { abort(); }),
            "the cell's process was killed by SIGABRT, in no plugin");
}

// Deeper than any stack, for what compilers know of it.
int recurse(volatile uint64_t* levels) {
  if (*levels == 0) return 0;
  volatile uint64_t below = *levels - 1;
  return recurse(&below) + static_cast<int>(below);
}

TEST(CellProcess, SurvivesAStackOverflowInAPlugin) {
  EXPECT_EQ(failure_of([](CellChannel&, CallLog& log) {
              const rlimit small{1 << 20, RLIM_INFINITY};
              setrlimit(RLIMIT_STACK, &small);
              const InPlugin inside(log, PluginCallback::alloc_allocate);
              volatile uint64_t levels = UINT64_MAX;
              recurse(&levels);
            }),
            "alloc plugin 'x' (/x.so): killed by SIGSEGV in allocate");
}

TEST(CellProcess, KillsAtTheTimeLimitAndNamesThePlugin) {
  EXPECT_EQ(failure_of(
                [](CellChannel&, CallLog& log) {
                  const InPlugin inside(log, PluginCallback::alloc_allocate);
                  loop_for_ever();
                },
                1s),
            "alloc plugin 'x' (/x.so): still in allocate at the time limit of 1 s");
  expect_reaped();
}

TEST(CellProcess, KillsAtTheTimeLimitEvenIfThePluginBlocksEverySignal) {
  EXPECT_EQ(failure_of(
                [](CellChannel&, CallLog&) {
                  sigset_t all;
                  sigfillset(&all);
                  sigprocmask(SIG_BLOCK, &all, nullptr);
                  loop_for_ever();
                },
                100ms),
            "still running at the time limit of 100 ms, in no plugin");
}

TEST(CellProcess, KillsAtTheTimeLimitWhenTheChildFloodsItsChannel) {
  CellProcessSpec spec = spec_of({}, 300ms);
  spec.body = [](CellChannel&, CallLog&) {
    // It asks for ever and never takes an answer.
    for (int fd = 3; fd < 64; ++fd) {
      if (send(fd, "M", 1, MSG_NOSIGNAL) == 1) {
        for (;;) send(fd, "M", 1, MSG_NOSIGNAL);
      }
    }
    _exit(7);
  };
  EXPECT_EQ(run(spec).failure.value_or(""),
            "still running at the time limit of 300 ms, in no plugin");
}

TEST(CellProcess, NamesThePluginThatCalledExit) {
  EXPECT_EQ(failure_of([](CellChannel&, CallLog& log) {
              const InPlugin inside(log, PluginCallback::fault_create);
              _exit(3);
            }),
            "fault plugin 'x' (/x.so): ended the process with status 3 in create");
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
            "the cell's process was killed by SIGKILL (out of memory?)");
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

TEST(CellProcess, AnInterruptionKillsTheChild) {
  const OwnedDescriptor interrupt(eventfd(1, EFD_CLOEXEC));
  ASSERT_TRUE(interrupt.is_open());
  CellProcessSpec spec = spec_of([](CellChannel&, CallLog&) { loop_for_ever(); });
  spec.interrupt_fd = interrupt.number();
  const CellOutcome outcome = run(spec);
  EXPECT_TRUE(outcome.interrupted);
  EXPECT_FALSE(outcome.result.has_value());
  EXPECT_FALSE(outcome.failure.has_value());
  expect_reaped();
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
  EXPECT_EQ(outcome.result.value_or(outcome.failure.value_or("")), "clean");
}

TEST(CellProcess, TheChildDiesWithItsParent) {
  // A process between, so that it can die: its child inherits the pipe and closes it by dying.
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t between = fork();
  ASSERT_GE(between, 0);
  if (between == 0) {
    close(ends[0]);
    const pid_t self = getpid();
    auto outcome = run_cell_process(spec_of([self](CellChannel&, CallLog&) {
      kill(self, SIGKILL);
      for (;;) pause();
    }));
    _exit(outcome.ok() ? 0 : 1);
  }
  close(ends[1]);
  char byte = 0;
  EXPECT_EQ(read(ends[0], &byte, 1), 0);  // end of file: nobody has the other end
  close(ends[0]);
  EXPECT_EQ(waitpid(between, nullptr, 0), between);
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

}  // namespace
}  // namespace daxlab
