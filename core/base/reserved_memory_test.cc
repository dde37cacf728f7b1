#include "core/base/reserved_memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>

#include "core/base/sizes.h"

namespace daxlab {
namespace {

constexpr uint64_t reserved_bytes = 256 * MiB;

uint64_t resident_bytes() {
  uint64_t all = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * 4 * KiB;
}

TEST(ReservedMemory, IsZeroAndHoldsWhatIsStored) {
  auto* bytes = static_cast<std::byte*>(reserve_memory(reserved_bytes));
  ASSERT_NE(bytes, nullptr);
  EXPECT_EQ(bytes[reserved_bytes - 1], std::byte{0});
  bytes[reserved_bytes - 1] = std::byte{7};
  EXPECT_EQ(bytes[reserved_bytes - 1], std::byte{7});
  munmap(bytes, reserved_bytes);
}

TEST(ReservedMemory, OfAMemfdIsTheMemfd) {
  const int memfd = memfd_create("reserved", MFD_CLOEXEC);
  ASSERT_EQ(ftruncate(memfd, static_cast<off_t>(reserved_bytes)), 0);
  auto* bytes = static_cast<std::byte*>(reserve_memory_of(memfd, reserved_bytes));
  ASSERT_NE(bytes, nullptr);
  bytes[5] = std::byte{7};
  std::byte read{};
  EXPECT_EQ(pread(memfd, &read, 1, 5), 1);
  EXPECT_EQ(read, std::byte{7});
  munmap(bytes, reserved_bytes);
  close(memfd);
}

TEST(ReservedMemory, IsNullWhereThereIsNone) {
  EXPECT_EQ(reserve_memory(uint64_t{1} << 60), nullptr);
}

// In a child, for what it locks stays locked.
TEST(ReservedMemory, IsNotFilledWhereTheProcessLocksItsMemory) {
  const pid_t child = fork();
  if (child == 0) {
    if (mlockall(MCL_FUTURE) != 0) _exit(77);
    const uint64_t before = resident_bytes();
    void* bytes = reserve_memory(reserved_bytes);
    _exit(bytes == nullptr ? 1 : resident_bytes() < before + reserved_bytes / 2 ? 0 : 2);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "this process may not lock memory";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace daxlab
