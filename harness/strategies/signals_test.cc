// Real signals of the mmu engine among other users of SIGSEGV and SIGBUS, of fork and of kernel
// mappings.
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csetjmp>
#include <cstdlib>
#include <thread>

#include "core/engine/mmu/fault_delivery.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

struct Mapped {
  std::unique_ptr<Lab> lab;
  std::unique_ptr<File> file;
  std::unique_ptr<View> view;
};

Mapped mapped(const std::string& fault, uint64_t pages, uint64_t file_pages) {
  Mapped made{.lab = make_lab({.fault = fault}), .file = nullptr, .view = nullptr};
  made.file = made.lab->files().create("file").take();
  EXPECT_TRUE(made.file->truncate(file_pages * page_bytes).ok());
  made.view = made.file->map({0, pages}).take();
  return made;
}

void without_core_file() {
  rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
}

// Runs `body` in a child and says how it ended.
template <class Body>
int wait_status_of(Body body) {
  pid_t child = fork();
  if (child == 0) {
    without_core_file();
    body();
    _exit(0);
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return status;
}

sigjmp_buf signal_escape;
void leave(int) { siglongjmp(signal_escape, 1); }

// In a process of their own, started anew: what was there before the engine's handlers can be
// chosen.
class SignalsDeathTest : public testing::Test {
 protected:
  SignalsDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

void leave_on(int signal_number) {
  struct sigaction action {};
  action.sa_handler = leave;
  action.sa_flags = SA_NODEFER;
  sigaction(signal_number, &action, nullptr);
}

volatile int* foreign_address() {
  void* address = mmap(nullptr, page_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return static_cast<volatile int*>(address);
}

// A handler that was there first gets what is not ours, and may leave by longjmp; ours works on
// after it.
void fault_elsewhere_with_a_handler() {
  leave_on(SIGSEGV);
  Mapped ours = mapped("global_zero", 4, 4);
  volatile int* foreign = foreign_address();
  static uint64_t round = 0;  // static: kept across siglongjmp
  for (; round < 3; ++round) {
    if (sigsetjmp(signal_escape, 1) == 0) {
      *foreign = 1;
      _exit(2);
    }
    ours.view->store(round * page_bytes, 5);
    if (ours.view->load(round * page_bytes) != 5) _exit(3);
  }
  _exit(0);
}
TEST_F(SignalsDeathTest, FaultsElsewhereGoToThePreviousHandler) {
  EXPECT_EXIT(fault_elsewhere_with_a_handler(), testing::ExitedWithCode(0), "");
}

void fault_elsewhere() {
  without_core_file();
  signal(SIGSEGV, SIG_DFL);  // a sanitizer's, if there is one
  Mapped ours = mapped("global_zero", 1, 1);
  *foreign_address() = 1;
}
TEST_F(SignalsDeathTest, FaultsElsewhereEndTheProcessAsEver) {
  EXPECT_EXIT(fault_elsewhere(), testing::KilledBySignal(SIGSEGV), "");
}

void store_past_the_end() {
  without_core_file();
  signal(SIGBUS, SIG_DFL);
  Mapped ours = mapped("global_zero", 2, 1);
  ours.view->store(page_bytes, 1);
}
TEST_F(SignalsDeathTest, PastTheEndEndsTheProcessBySigbus) {
  EXPECT_EXIT(store_past_the_end(), testing::KilledBySignal(SIGBUS), "");
}

// The program's own SIGBUS handler sees an ordinary one, also for a store (which comes to us as
// SIGSEGV).
void store_past_the_end_with_a_handler() {
  leave_on(SIGBUS);
  Mapped ours = mapped("native_zero", 2, 1);
  if (sigsetjmp(signal_escape, 1) == 0) {
    ours.view->store(page_bytes, 1);
    _exit(2);
  }
  ours.view->store(0, 1);
  _exit(ours.view->load(0) == 1 ? 0 : 3);
}
TEST_F(SignalsDeathTest, PastTheEndGoesToTheProgramsSigbusHandler) {
  EXPECT_EXIT(store_past_the_end_with_a_handler(), testing::ExitedWithCode(0), "");
}

void send_a_signal() {
  without_core_file();
  signal(SIGSEGV, SIG_DFL);
  Mapped ours = mapped("global_zero", 1, 1);
  raise(SIGSEGV);
}
TEST_F(SignalsDeathTest, ASignalThatWasSentEndsTheProcessAtOnce) {
  EXPECT_EXIT(send_a_signal(), testing::KilledBySignal(SIGSEGV), "");
}

// Whoever replaces our handlers takes our faults: better said at the next lab than found out at
// one.
void replace_the_handler_between_labs() {
  Mapped first = mapped("global_zero", 1, 1);
  leave_on(SIGSEGV);
  make_lab({});
}
TEST_F(SignalsDeathTest, AHandlerInstalledLaterIsAnError) {
  EXPECT_EXIT(replace_the_handler_between_labs(), testing::ExitedWithCode(1), "another handler");
}

// A signal blocked at a fault ends the process; whoever blocks all signals can let these two
// through.
TEST(Signals, AThreadThatBlocksSignalsCanLetFaultsThrough) {
  Mapped ours = mapped("page_zero", 8, 8);
  std::jthread careful([&] {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    unblock_fault_signals();
    for (uint64_t page = 0; page < 8; ++page) {
      EXPECT_EQ(ours.view->load(page * page_bytes), 0u);
      ours.view->store(page * page_bytes, page + 1);
    }
  });
}

TEST(Signals, WhoOpensALabWithSignalsBlockedCanUseIt) {
  int status = wait_status_of([] {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    Mapped ours = mapped("global_zero", 2, 2);
    ours.view->store(0, 1);
    if (ours.view->load(page_bytes) != 0) _exit(2);
  });
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

// Alternate signal stacks of other handlers are often too small for ours, which does not use them.
TEST(Signals, ATinyAlternateStackDoesNotMatter) {
  Mapped ours = mapped("global_zero", 8, 8);
  std::jthread tiny([&] {
    // Some kernels ask for more than they say.
    const long smallest = std::max(sysconf(_SC_MINSIGSTKSZ), 2048L);
    std::vector<char> memory(static_cast<size_t>(smallest));
    stack_t stack{.ss_sp = memory.data(), .ss_flags = 0, .ss_size = memory.size()};
    stack_t before{};
    ASSERT_EQ(sigaltstack(&stack, &before), 0);
    for (uint64_t page = 0; page < 8; ++page) ours.view->store(page * page_bytes, page + 1);
    ASSERT_EQ(sigaltstack(&before, nullptr), 0);  // a sanitizer wants its own back
  });
}

// The child has no userfaultfd: without a remedy it would read zeros from nowhere and store into
// blocks.
TEST(Signals, AChildAfterForkFindsItsParentsMappingsDead) {
  Mapped ours = mapped("global_zero", 4, 4);
  ours.view->store(0, 42);
  for (uint64_t page : {uint64_t{0}, uint64_t{1}}) {
    int status = wait_status_of([&] {
      signal(SIGBUS, SIG_DFL);
      (void)!freopen("/dev/null", "w", stderr);
      ours.view->load(page * page_bytes);
    });
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS) << "page " << page;
  }
  EXPECT_EQ(ours.view->load(0), 42u);
  ours.view->store(page_bytes, 43);
  EXPECT_EQ(ours.view->load(page_bytes), 43u);
}

// There the engine's userfaultfd is still the parent's: it would arm addresses of the parent.
TEST(Signals, AChildAfterForkCannotMap) {
  Mapped ours = mapped("global_zero", 4, 4);
  int status = wait_status_of([&] {
    if (ours.file->map({0, 1}).code() != ErrorCode::unsupported) _exit(2);
  });
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

// Each page is a kernel mapping. At vm.max_map_count even mallocs and threads would fail: pages
// make room before it comes to that.
TEST(Signals, MorePagesThanKernelMappingsLeaveRoomForWhoeverElseNeedsSome) {
  constexpr uint64_t pages = 80'000;
  Mapped ours = mapped("global_zero:zero_page=own", pages, pages);
  for (uint64_t page = 0; page < pages; ++page) {
    const auto loaded = ours.view->try_load(page * page_bytes);
    ASSERT_TRUE(loaded.status().ok()) << page << ": " << describe(loaded.status().code());
    ASSERT_EQ(loaded.value(), 0u);
  }
  std::jthread another([&] { EXPECT_EQ(ours.view->load(0), 0u); });
  another.join();
  void* large = std::malloc(size_t{10} << 20);
  EXPECT_NE(large, nullptr);
  std::free(large);
}

}  // namespace
}  // namespace daxlab
