#include "core/engine/mmu/mmu_address_space.h"

#include <gtest/gtest.h>

#include "core/region/region.h"

namespace daxlab {
namespace {

TEST(MmuAddressSpaceTest, RefusesAMediumThatCannotBeMappedElsewhere) {
  struct alignas(64) Line {
    std::byte bytes[64];
  };
  std::vector<Line> memory(min_region_bytes / sizeof(Line));
  Counters counters;
  auto region = Region::format(Medium::over(std::as_writable_bytes(std::span(memory))), counters);
  ASSERT_TRUE(region.ok());
  ZeroPages zero_pages;
  auto addresses = MmuAddressSpace::create(*region.value(), zero_pages, counters, 65530);
  ASSERT_FALSE(addresses.ok());
  EXPECT_NE(addresses.error().message.find("use the simulator"), std::string::npos);
}

}  // namespace
}  // namespace daxlab
