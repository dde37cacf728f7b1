#include "core/base/kernel_settings.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "daxlab/types.h"

namespace daxlab {
namespace {

TEST(KernelSettings, TheHugeZeroPageNeedsBothSwitches) {
  std::string folder = testing::TempDir() + "settings_XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const auto is_there = [&](const char* enabled, const char* use_zero_page) {
    std::ofstream(folder + "/enabled") << enabled << "\n";
    std::ofstream(folder + "/use_zero_page") << use_zero_page << "\n";
    return kernel_has_huge_zero_page(folder);
  };
  EXPECT_FALSE(kernel_has_huge_zero_page(folder)) << "a kernel without huge pages";
  EXPECT_TRUE(is_there("always [madvise] never", "1"));
  EXPECT_TRUE(is_there("[always] madvise never", "1"));
  EXPECT_FALSE(is_there("always madvise [never]", "1"));
  EXPECT_FALSE(is_there("[always] madvise never", "0"));
  EXPECT_FALSE(is_there("always [madvise] never", "0"));
  std::filesystem::remove_all(folder);
}

// As long as it has, reading much takes little memory.
TEST(KernelSettings, TheZeroPageIsThereWhereReadingTakesNoMemory) {
  constexpr uint64_t length_bytes = 64 << 20;
  const auto resident_pages = [] {
    uint64_t all = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> all >> resident;
    return resident;
  };
  void* hole = mmap(nullptr, length_bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(hole, MAP_FAILED);
  madvise(hole, length_bytes, MADV_NOHUGEPAGE);
  const uint64_t before = resident_pages();
  for (uint64_t at = 0; at < length_bytes; at += page_bytes) {
    ASSERT_EQ(static_cast<volatile const char*>(hole)[at], 0);
  }
  const bool takes_memory = resident_pages() - before > length_bytes / page_bytes / 2;
  munmap(hole, length_bytes);
  EXPECT_EQ(kernel_has_zero_page(), !takes_memory);
}

TEST(KernelSettings, ThereIsAlwaysALimitOfMappings) { EXPECT_GT(kernel_max_map_count(), 0u); }

}  // namespace
}  // namespace daxlab
