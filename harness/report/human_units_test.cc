#include "harness/report/human_units.h"

#include <gtest/gtest.h>

namespace daxlab {
namespace {

TEST(HumanUnits, Nanoseconds) {
  EXPECT_EQ(format_ns(0), "0 ns");
  EXPECT_EQ(format_ns(7), "7 ns");
  EXPECT_EQ(format_ns(7.254), "7.25 ns");
  EXPECT_EQ(format_ns(999.4), "999 ns");
  EXPECT_EQ(format_ns(999.6), "1.00 us");
  EXPECT_EQ(format_ns(9130), "9.13 us");
  EXPECT_EQ(format_ns(91'300), "91.3 us");
  EXPECT_EQ(format_ns(999'600), "1.00 ms");
  EXPECT_EQ(format_ns(1.2e9), "1.20 s");
  EXPECT_EQ(format_ns(5e12), "5000 s");
}

TEST(HumanUnits, Bytes) {
  EXPECT_EQ(format_bytes(0), "0");
  EXPECT_EQ(format_bytes(512), "512 B");
  EXPECT_EQ(format_bytes(16384), "16.0 KiB");
  EXPECT_EQ(format_bytes(1023.9 * 1024), "1.00 MiB");
  EXPECT_EQ(format_bytes(1073741824.0), "1.00 GiB");
}

TEST(HumanUnits, Counts) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(9999), "9999");
  EXPECT_EQ(format_count(262144), "262k");
  EXPECT_EQ(format_count(1'048'576), "1.05M");
}

}  // namespace
}  // namespace daxlab
