#include "core/engine/mmu/kernel_settings.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

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

TEST(KernelSettings, ThereIsAlwaysALimitOfMappings) { EXPECT_GT(kernel_max_map_count(), 0u); }

}  // namespace
}  // namespace daxlab
