#include "core/base/kernel_file.h"

#include "core/base/bytes_text.h"
#include "core/base/made_up_tree_test.h"

namespace daxlab {
namespace {

using KernelFile = MadeUpTree;

TEST(ParseNumber, TakesDecimalsWithSpacesAndNothingElse) {
  EXPECT_EQ(parse_number("65530"), 65530u);
  EXPECT_EQ(parse_number(" 7\t"), 7u);
  EXPECT_EQ(parse_number("18446744073709551615"), UINT64_MAX);
  for (const char* bad : {"", "  ", "-1", "1x", "0x10", "18446744073709551616", "1 2"}) {
    EXPECT_FALSE(parse_number(bad).has_value()) << bad;
  }
}

TEST_F(KernelFile, NumbersAreFoundByTheirNames) {
  write("status", "VmSize:\t  12 kB\nVmSizes 1\nName:\tx y\noom_kill 3\n");
  EXPECT_EQ(named_number(read_text(root_ / "status"), "VmSize:"), 12u);
  EXPECT_EQ(named_number(read_text(root_ / "status"), "oom_kill"), 3u);
  EXPECT_EQ(named_number(read_text(root_ / "status"), "Name:"), std::nullopt);
  EXPECT_EQ(named_number(read_text(root_ / "status"), "VmLck:"), std::nullopt);
  EXPECT_EQ(named_number(read_text(root_ / "not there"), "VmLck:"), std::nullopt);
  EXPECT_EQ(read_number(root_ / "not there"), std::nullopt);
}

TEST(BytesText, TakesTheLargestUnit) {
  EXPECT_EQ(bytes_text(0), "0 bytes");
  EXPECT_EQ(bytes_text(1023), "1023 bytes");
  EXPECT_EQ(bytes_text(1024), "1 KiB");
  EXPECT_EQ(bytes_text(uint64_t{64} << 20), "64 MiB");
  EXPECT_EQ(bytes_text(uint64_t{3} << 29), "1.5 GiB");
  EXPECT_EQ(bytes_text(UINT64_MAX), "16777216.0 TiB");
}

}  // namespace
}  // namespace daxlab
