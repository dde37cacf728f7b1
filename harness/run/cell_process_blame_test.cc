// Who is named when a cell's process ends badly.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>
#include <vector>

#include "core/base/failure_log.h"
#include "core/lab/plugin_host.h"
#include "harness/run/cell_process_runs_test.h"

namespace daxlab {
namespace {

TEST(CellProcessBlame, AnUnsafeAnswerExplainsTheSignalThatCameOfIt) {
  EXPECT_EQ(failure_of([](CellChannel&, CallLog& log) {
              FailureLog(&log).report(PluginCallback::alloc_allocate, "returned block %llu", 9);
              raise(SIGBUS);
            }),
            "alloc plugin 'x' (/x.so): allocate returned block 9");
}

TEST(CellProcessBlame, EachEndHasItsKind) {
  const auto kind_of = [](CellFork::Body body, std::chrono::nanoseconds limit = no_limit) {
    return run(spec_of(std::move(body), limit)).failure.value_or(Failure{}).kind;
  };
  EXPECT_EQ(kind_of([](CellChannel&, CallLog& log) {
              FailureLog(&log).report(PluginCallback::alloc_allocate, "returned block %llu", 9);
              raise(SIGBUS);
            }),
            FailureKind::wrong_data);
  EXPECT_EQ(kind_of([](CellChannel&, CallLog&) { abort(); }), FailureKind::crash);
  EXPECT_EQ(kind_of([](CellChannel&, CallLog&) {}), FailureKind::crash);
  EXPECT_EQ(kind_of([](CellChannel&, CallLog&) { raise(SIGKILL); }), FailureKind::limit);
  EXPECT_EQ(kind_of([](CellChannel&, CallLog&) { loop_for_ever(); }, std::chrono::milliseconds(50)),
            FailureKind::hang);
}

TEST(CellProcessBlame, NamesThePluginThatAborted) {
  EXPECT_EQ(failure_of([](CellChannel&, CallLog& log) {
              const InPlugin inside(log, PluginCallback::fault_page_mkwrite);
              abort();
            }),
            "fault plugin 'x' (/x.so): killed by SIGABRT in page_mkwrite");
  expect_reaped();
}

TEST(CellProcessBlame, NamesThePluginThatStoredThroughANullPointer) {
  const std::string failure = failure_of([](CellChannel&, CallLog& log) {
    const InPlugin inside(log, PluginCallback::write_write);
    // A real fault; a page that nothing can be stored to stands for the null pointer,
    // which compilers and sanitizers would see.
    void* page = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *static_cast<volatile int*>(page) = 1;
  });
  EXPECT_EQ(
      failure.find("write plugin 'x' (/x.so): killed by SIGSEGV in write: it wrote at address"), 0u)
      << failure;
}

TEST(CellProcessBlame, AnAccessBehindAnArenaIsToldAsThat) {
  const std::string failure = failure_of([](CellChannel&, CallLog& log) {
    void* pages = mmap(nullptr, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    log.arenas[0].length_bytes = 4096;
    log.arenas[0].asked_in = PluginCallback::alloc_init;
    log.arenas[0].start = reinterpret_cast<uint64_t>(pages);
    const InPlugin inside(log, PluginCallback::alloc_allocate);
    static_cast<volatile char*>(pages)[4096 + 16] = 1;
  });
  EXPECT_EQ(
      failure.find("alloc plugin 'x' (/x.so): allocate wrote behind the end of its arena of 4096 "
                   "bytes (asked for in init), at byte 4112"),
      0u)
      << failure;
}

TEST(CellProcessBlame, ACallThatDoesNotReturnIsStoppedByItsOwnLimit) {
  CellProcessSpec spec = spec_of([](CellChannel&, CallLog& log) {
    log.watch(CallLog::end);
    const InPlugin inside(log, PluginCallback::alloc_allocate);
    loop_for_ever();
  });
  spec.call_limit = 300ms;
  const CellOutcome outcome = run(std::move(spec));
  EXPECT_EQ(outcome.failure.value_or(Failure{}).message,
            "alloc plugin 'x' (/x.so): allocate did not return within 300 ms of computing");
  EXPECT_EQ(outcome.kind, ExitKind::hang);
}

TEST(CellProcessBlame, ALockThatIsTakenTwiceIsToldAtOnce) {
  CellProcessSpec spec = spec_of([](CellChannel&, CallLog& log) {
    log.watch(CallLog::end);
    PluginHost host(log);
    uint32_t word = 0;
    const InPlugin inside(log, PluginCallback::alloc_free);
    host.lock(word);
    host.lock(word);
  });
  const CellOutcome outcome = run(std::move(spec));
  EXPECT_EQ(outcome.cause.find("alloc plugin 'x' (/x.so): free calls lock() of a lock that this "
                               "thread holds already"),
            0u)
      << outcome.cause;
  EXPECT_EQ(outcome.kind, ExitKind::lock_held);
}

TEST(CellProcessBlame, AWaitInVainIsToldWithWhoHoldsTheLock) {
  CellProcessSpec spec = spec_of([](CellChannel&, CallLog& log) {
    log.watch(CallLog::end);
    PluginHost host(log);
    uint32_t word = 0;
    const InPlugin inside(log, PluginCallback::alloc_free);
    host.lock(word);
    std::jthread([&] {
      const InPlugin other(log, PluginCallback::alloc_allocate);
      host.lock(word);
    }).join();
  });
  spec.call_limit = no_limit;
  const CellOutcome outcome = run(std::move(spec));
  EXPECT_EQ(outcome.failure.value_or(Failure{}).message,
            "alloc plugin 'x' (/x.so): allocate waits in vain for a lock of its own, "
            "taken by another thread in free");
  EXPECT_EQ(outcome.kind, ExitKind::lock_held);
}

TEST(CellProcessBlame, EachFatalSignalIsNamed) {
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

TEST(CellProcessBlame, BlamesTheThreadThatCrashedNotOneThatWasInAnotherPlugin) {
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

TEST(CellProcessBlame, ACrashOutsidePluginsBlamesNone) {
  EXPECT_EQ(failure_of([](CellChannel&, CallLog&) { abort(); }),
            "the cell's process was killed by SIGABRT, in no plugin");
}

TEST(CellProcessBlame, ABusErrorIsToldWithItsFileAndPlace) {
  std::string path = testing::TempDir() + "daxlab_cut_XXXXXX";
  const int file = mkstemp(path.data());
  ASSERT_GE(file, 0);
  close(file);  // the cell's process would not keep it
  const auto load = [&] {
    const int again = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    void* page = mmap(nullptr, 4096, PROT_READ, MAP_SHARED, again, 0);  // of an empty file
    (void)*static_cast<volatile char*>(page);
  };
  const std::string where = ": at a load from " + path +
                            ", byte 0: the file ends at byte 0: it was cut after it was mapped";
  EXPECT_EQ(failure_of([&](CellChannel&, CallLog&) { load(); }),
            "the cell's process was killed by SIGBUS, in no plugin" + where);
  EXPECT_EQ(failure_of([&](CellChannel&, CallLog& log) {
              const InPlugin inside(log, PluginCallback::write_write);
              load();
            }),
            "write plugin 'x' (/x.so): killed by SIGBUS in write" + where);
  unlink(path.c_str());
}

// Deeper than any stack, for what compilers know of it.
int recurse(volatile uint64_t* levels) {
  if (*levels == 0) return 0;
  volatile uint64_t below = *levels - 1;
  return recurse(&below) + static_cast<int>(below);
}

TEST(CellProcessBlame, SurvivesAStackOverflowInAPlugin) {
  const std::string failure = failure_of([](CellChannel&, CallLog& log) {
    const rlimit small{1 << 20, RLIM_INFINITY};
    setrlimit(RLIMIT_STACK, &small);
    const InPlugin inside(log, PluginCallback::alloc_allocate);
    volatile uint64_t levels = UINT64_MAX;
    recurse(&levels);
  });
  EXPECT_EQ(failure.find("alloc plugin 'x' (/x.so): killed by SIGSEGV in allocate: it wrote at"),
            0u)
      << failure;
}

TEST(CellProcessBlame, KillsAtTheTimeLimitAndNamesThePlugin) {
  EXPECT_EQ(failure_of(
                [](CellChannel&, CallLog& log) {
                  const InPlugin inside(log, PluginCallback::alloc_allocate);
                  loop_for_ever();
                },
                1s),
            "alloc plugin 'x' (/x.so): still in allocate at the time limit of 1 s");
  expect_reaped();
}

TEST(CellProcessBlame, KillsAtTheTimeLimitEvenIfThePluginBlocksEverySignal) {
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

TEST(CellProcessBlame, KillsAtTheTimeLimitWhenTheChildFloodsItsChannel) {
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
  EXPECT_EQ(run(spec).failure.value_or(Failure{}).message,
            "still running at the time limit of 300 ms, in no plugin");
}

TEST(CellProcessBlame, NamesThePluginThatCalledExit) {
  EXPECT_EQ(failure_of([](CellChannel&, CallLog& log) {
              const InPlugin inside(log, PluginCallback::fault_create);
              _exit(3);
            }),
            "fault plugin 'x' (/x.so): ended the process with status 3 in create");
}

}  // namespace
}  // namespace daxlab
