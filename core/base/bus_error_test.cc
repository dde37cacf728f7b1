#include "core/base/bus_error.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <thread>

namespace daxlab {
namespace {

// One page of a file that ends before the page: every access is a bus error until it grows.
class BusErrorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    install_fault_handlers();
    file_ = ::memfd_create("bus_error_test", 0);
    ASSERT_GE(file_, 0);
    void* at = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
    ASSERT_NE(at, MAP_FAILED);
    word_ = static_cast<volatile uint64_t*>(at);
  }
  void TearDown() override {
    ::munmap(const_cast<uint64_t*>(word_), 4096);
    ::close(file_);
  }
  bool load_survives() {
    return survives_bus_error([this] { seen_ = *word_; });
  }

  int file_ = -1;
  volatile uint64_t* word_ = nullptr;
  uint64_t seen_ = 77;
};

TEST_F(BusErrorTest, AccessBeyondTheEndIsReportedEachTime) {
  for (int round = 0; round < 3; ++round) EXPECT_FALSE(load_survives());
  EXPECT_EQ(seen_, 77u);
  EXPECT_EQ(bus_error_escape, nullptr);
}

TEST_F(BusErrorTest, AccessWithinTheFileGoesThrough) {
  EXPECT_FALSE(survives_bus_error([this] { *word_ = 5; }));
  ASSERT_EQ(::ftruncate(file_, 4096), 0);
  EXPECT_TRUE(survives_bus_error([this] { *word_ = 5; }));
  EXPECT_TRUE(load_survives());
  EXPECT_EQ(seen_, 5u);
}

TEST_F(BusErrorTest, LeavesNoSignalBlocked) {
  EXPECT_FALSE(load_survives());
  sigset_t blocked;
  ASSERT_EQ(::pthread_sigmask(SIG_SETMASK, nullptr, &blocked), 0);
  EXPECT_EQ(sigismember(&blocked, SIGBUS), 0);
}

TEST_F(BusErrorTest, NestsAndInnerErrorStaysInner) {
  bool inner = true;
  uint64_t after = 0;
  EXPECT_TRUE(survives_bus_error([&] {
    inner = load_survives();
    after = 1;
  }));
  EXPECT_FALSE(inner);
  EXPECT_EQ(after, 1u);
}

TEST_F(BusErrorTest, EachThreadHasItsOwnEscape) {
  bool other_survived = true;
  std::thread other([&] { other_survived = load_survives(); });
  other.join();
  EXPECT_FALSE(other_survived);
  EXPECT_FALSE(load_survives());
}

// As in a child that gives up its parent's handlers.
TEST_F(BusErrorTest, HandlersThatAreForgottenAreInstalledAgain) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGBUS, SIG_DFL);
    std::signal(SIGSEGV, SIG_DFL);
    forget_fault_handlers();
    install_fault_handlers();
    install_fault_handlers();  // changes nothing
    ::_exit(load_survives() ? 1 : 0);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_FALSE(load_survives());
}

using BusErrorDeathTest = BusErrorTest;

TEST_F(BusErrorDeathTest, EndsTheProcessWhenNobodyWaits) {
  // The disposition that was there at installation (a sanitizer's, or the default) must decide.
  EXPECT_DEATH({ seen_ = *word_; }, "");
}

TEST_F(BusErrorDeathTest, SignalThatWasSentIsNotTakenForAnAccess) {
  EXPECT_DEATH({ survives_bus_error([] { std::raise(SIGBUS); }); }, "");
}

}  // namespace
}  // namespace daxlab
