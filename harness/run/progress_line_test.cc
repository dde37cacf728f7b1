#include "harness/run/progress_line.h"

#include <gtest/gtest.h>

namespace daxlab {
namespace {

TEST(ProgressLine, ALogGetsALineWhenTheIntervalIsOver) {
  testing::internal::CaptureStderr();
  {
    ProgressLine line(std::chrono::nanoseconds(0));
    line.show("[1/8] read");
    line.show("[2/8] write");
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "[1/8] read after 0 s\n[2/8] write after 0 s\n");
}

TEST(ProgressLine, ALogGetsNothingBefore) {
  testing::internal::CaptureStderr();
  {
    ProgressLine line(std::chrono::hours(1));
    line.show("[1/8] read");
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace daxlab
