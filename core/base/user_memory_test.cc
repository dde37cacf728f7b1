#include "core/base/user_memory.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <latch>
#include <string>
#include <thread>

#include "core/base/bus_error.h"
#include "core/base/sizes.h"

namespace daxlab {
namespace {

std::byte* map_pages(uint64_t pages, int protection, int flags, int file) {
  void* at = ::mmap(nullptr, pages * page_bytes, protection, flags, file, 0);
  EXPECT_NE(at, MAP_FAILED);
  return static_cast<std::byte*>(at);
}

// The first of two pages, and what is wrong with the second.
std::byte* page_before_unmapped() {
  std::byte* at = map_pages(2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  EXPECT_EQ(::munmap(at + page_bytes, page_bytes), 0);
  return at;
}
std::byte* page_before_no_access() {
  std::byte* at = map_pages(2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  EXPECT_EQ(::mprotect(at + page_bytes, page_bytes, PROT_NONE), 0);
  return at;
}
std::byte* page_before_the_end_of_a_file() {
  const int file = ::memfd_create("user_memory_test", 0);
  EXPECT_EQ(::ftruncate(file, page_bytes), 0);
  std::byte* at = map_pages(2, PROT_READ | PROT_WRITE, MAP_SHARED, file);
  ::close(file);
  return at;
}

struct BadPage {
  const char* name;
  std::byte* (*page_before)();
};
class UserMemoryEnds : public testing::TestWithParam<BadPage> {
 protected:
  UserMemoryEnds() { install_fault_handlers(); }
  ~UserMemoryEnds() override { ::munmap(page, 2 * page_bytes); }
  std::byte* const page = GetParam().page_before();
  std::byte* const end = page + page_bytes;
};

TEST_P(UserMemoryEnds, LoadsBeforeAreDoneAndThoseAcrossAreNot) {
  std::memset(page, 0x77, page_bytes);
  std::byte byte{};
  uint64_t word = 0;
  FourWords four{};
  EXPECT_TRUE(load_user_byte(end - 1, byte));
  EXPECT_TRUE(load_user_word(end - 8, word));
  EXPECT_TRUE(load_four_user_words(end - 32, four));
  EXPECT_EQ(byte, std::byte{0x77});
  EXPECT_EQ(word, 0x7777777777777777u);
  for (uint64_t each : four.words) EXPECT_EQ(each, word);
  for (int round = 0; round < 3; ++round) {
    EXPECT_FALSE(load_user_byte(end, byte));
    EXPECT_FALSE(load_user_word(end - 7, word));
    EXPECT_FALSE(load_user_word(end, word));
    EXPECT_FALSE(load_four_user_words(end - 31, four));
    EXPECT_FALSE(load_four_user_words(end, four));
  }
}

TEST_P(UserMemoryEnds, StoresBeforeAreDoneAndThoseAcrossAreNot) {
  const uint64_t word = 0x1122334455667788;
  FourWords four;
  for (uint64_t i = 0; i < 4; ++i) four.words[i] = word + i;
  EXPECT_TRUE(store_four_user_words(end - 32, four));
  EXPECT_EQ(std::memcmp(end - 32, four.words, sizeof four), 0);
  EXPECT_TRUE(store_user_word(end - 8, word));
  EXPECT_EQ(std::memcmp(end - 8, &word, sizeof word), 0);
  EXPECT_TRUE(store_user_byte(end - 1, std::byte{9}));
  EXPECT_EQ(end[-1], std::byte{9});
  std::memset(page, 0, page_bytes);
  EXPECT_FALSE(store_user_byte(end, std::byte{9}));
  EXPECT_FALSE(store_user_word(end - 1, word));
  EXPECT_FALSE(store_user_word(end, word));
  EXPECT_FALSE(store_four_user_words(end, four));
  EXPECT_FALSE(zero_user_line(end));
  EXPECT_EQ(std::count(page, end, std::byte{0}), static_cast<long>(page_bytes)) << "no part of one";
  std::memset(page, 1, page_bytes);
  EXPECT_TRUE(zero_user_line(end - 64));
  EXPECT_EQ(std::count(page, end, std::byte{0}), 64);
}

TEST_P(UserMemoryEnds, IsMeasuredAndZeroedUpToThere) {
  for (uint64_t before : {uint64_t{0}, uint64_t{1}, uint64_t{100}, uint64_t{4096}}) {
    for (uint64_t behind : {uint64_t{0}, uint64_t{1}, uint64_t{5000}}) {
      std::memset(page, 0x33, page_bytes);
      EXPECT_EQ(readable_user_bytes(end - before, before + behind), before);
      EXPECT_EQ(writable_user_bytes(end - before, before + behind), before);
      EXPECT_EQ(std::count(page, end, std::byte{0x33}), static_cast<long>(page_bytes));
      EXPECT_EQ(zero_user_bytes(end - before, before + behind), before);
      EXPECT_EQ(std::count(page, end, std::byte{0}), static_cast<long>(before));
    }
  }
}

TEST_P(UserMemoryEnds, LeavesErrnoAndTheSignalMaskAlone) {
  errno = EDOM;
  uint64_t word;
  EXPECT_FALSE(load_user_word(end, word));
  EXPECT_EQ(errno, EDOM);
  sigset_t blocked;
  ASSERT_EQ(::pthread_sigmask(SIG_SETMASK, nullptr, &blocked), 0);
  EXPECT_EQ(sigismember(&blocked, SIGBUS), 0);
  EXPECT_EQ(sigismember(&blocked, SIGSEGV), 0);
}

// The access itself is nearer than whoever stands around it.
TEST_P(UserMemoryEnds, NoJumpLeavesAFunctionThatMakesTheAccess) {
  bool returned = false;
  EXPECT_TRUE(survives_bus_error([&] {
    uint64_t word;
    EXPECT_FALSE(load_user_word(end, word));
    returned = true;
  }));
  EXPECT_TRUE(returned);
}

// The page is made when all threads are there: what a new one needs may be mapped where nothing is.
TEST_P(UserMemoryEnds, EachThreadMeetsItAlone) {
  std::latch all_there(5), page_there(1);
  std::byte* bad = nullptr;
  std::array<std::jthread, 4> threads;
  for (std::jthread& thread : threads) {
    thread = std::jthread([&] {
      all_there.count_down();
      page_there.wait();
      for (int round = 0; round < 500; ++round) {
        uint64_t word;
        ASSERT_FALSE(load_user_word(bad, word));
        ASSERT_TRUE(load_user_word(bad - 8, word));
      }
    });
  }
  all_there.arrive_and_wait();
  bad = GetParam().page_before() + page_bytes;
  page_there.count_down();
  for (std::jthread& thread : threads) thread.join();
  ::munmap(bad - page_bytes, 2 * page_bytes);
}

INSTANTIATE_TEST_SUITE_P(All, UserMemoryEnds,
                         testing::Values(BadPage{"Unmapped", page_before_unmapped},
                                         BadPage{"NoAccess", page_before_no_access},
                                         BadPage{"PastTheEndOfAFile",
                                                 page_before_the_end_of_a_file}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(UserMemory, AReadOnlyPageCanBeReadAndNotWritten) {
  install_fault_handlers();
  std::byte* page = map_pages(1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  uint64_t word = 1;
  EXPECT_TRUE(load_user_word(page, word));
  EXPECT_EQ(word, 0u);
  EXPECT_FALSE(store_user_word(page, 1));
  EXPECT_EQ(readable_user_bytes(page, page_bytes), page_bytes);
  EXPECT_EQ(writable_user_bytes(page, page_bytes), 0u);
  EXPECT_EQ(zero_user_bytes(page, page_bytes), 0u);
  ::munmap(page, page_bytes);
}

// Addresses that no program ever has, of which the kernel does not even tell where they are.
TEST(UserMemory, AddressesBeyondAnyMemoryAreNotThere) {
  install_fault_handlers();
  for (uint64_t address :
       {uint64_t{0}, uint64_t{8}, uint64_t{1} << 63, uint64_t{0x8000000000000000} - 8,
        uint64_t{0xffff800000000000}, ~uint64_t{0} - 63, ~uint64_t{0}}) {
    auto* at = reinterpret_cast<std::byte*>(address);
    uint64_t word;
    EXPECT_FALSE(load_user_word(at, word)) << std::hex << address;
    EXPECT_FALSE(store_user_word(at, 1)) << std::hex << address;
    EXPECT_EQ(readable_user_bytes(at, 100), 0u) << std::hex << address;
    EXPECT_EQ(zero_user_bytes(at, 100), 0u) << std::hex << address;
  }
}

// In a process of its own each, started anew: what was there before our handlers can be chosen.
class UserMemoryDeathTest : public testing::Test {
 protected:
  UserMemoryDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

void without_core_file() {
  rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
}

sigjmp_buf outside;
void leave(int) { siglongjmp(outside, 1); }

void catch_both(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_NODEFER;
  sigaction(SIGSEGV, &action, nullptr);
  sigaction(SIGBUS, &action, nullptr);
}

void access_with_a_handler_that_jumps() {
  catch_both(leave);
  install_fault_handlers();
  std::byte* const bad[] = {page_before_no_access() + page_bytes,
                            page_before_the_end_of_a_file() + page_bytes};
  if (sigsetjmp(outside, 1) != 0) _exit(2);
  uint64_t word;
  for (std::byte* at : bad) {
    if (load_user_word(at, word) || store_user_word(at, 1)) _exit(3);
  }
  _exit(0);
}
TEST_F(UserMemoryDeathTest, NoHandlerOfTheProgramHearsOfIt) {
  EXPECT_EXIT(access_with_a_handler_that_jumps(), testing::ExitedWithCode(0), "");
}

void fault_elsewhere_with_a_handler(std::byte* (*page_before)()) {
  catch_both(leave);
  install_fault_handlers();
  std::byte* const at = page_before() + page_bytes;
  if (sigsetjmp(outside, 1) != 0) _exit(0);
  (void)*static_cast<volatile std::byte*>(at);
  _exit(2);
}
TEST_F(UserMemoryDeathTest, AnyOtherFaultGoesToTheProgramsHandler) {
  EXPECT_EXIT(fault_elsewhere_with_a_handler(page_before_no_access), testing::ExitedWithCode(0),
              "");
  EXPECT_EXIT(fault_elsewhere_with_a_handler(page_before_the_end_of_a_file),
              testing::ExitedWithCode(0), "");
}

void fault_elsewhere() {
  without_core_file();
  signal(SIGSEGV, SIG_DFL);  // a sanitizer's, if there is one
  install_fault_handlers();
  (void)*static_cast<volatile std::byte*>(page_before_no_access() + page_bytes);
}
TEST_F(UserMemoryDeathTest, AnyOtherFaultEndsTheProcessAsEver) {
  EXPECT_EXIT(fault_elsewhere(), testing::KilledBySignal(SIGSEGV), "");
}

void send_ignored_signals() {
  catch_both(SIG_IGN);
  install_fault_handlers();
  raise(SIGSEGV);
  raise(SIGBUS);
  uint64_t word;
  const bool loaded = load_user_word(page_before_no_access() + page_bytes, word) ||
                      load_user_word(page_before_the_end_of_a_file() + page_bytes, word);
  _exit(loaded ? 2 : 0);
}
TEST_F(UserMemoryDeathTest, ASignalThatIsSentAndIgnoredTakesNothingAway) {
  EXPECT_EXIT(send_ignored_signals(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace daxlab
