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
  EXPECT_EQ(failure_of([](CellChannel&, CallLog& log) {
              const InPlugin inside(log, PluginCallback::write_write);
              // A real fault; a page that nothing can be stored to stands for the null pointer,
              // which compilers and sanitizers would see.
              void* page = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              *static_cast<volatile int*>(page) = 1;
            }),
            "write plugin 'x' (/x.so): killed by SIGSEGV in write");
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
  EXPECT_EQ(failure_of([](CellChannel&, CallLog& log) {
              const rlimit small{1 << 20, RLIM_INFINITY};
              setrlimit(RLIMIT_STACK, &small);
              const InPlugin inside(log, PluginCallback::alloc_allocate);
              volatile uint64_t levels = UINT64_MAX;
              recurse(&levels);
            }),
            "alloc plugin 'x' (/x.so): killed by SIGSEGV in allocate");
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
