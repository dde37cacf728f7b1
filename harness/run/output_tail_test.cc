#include "harness/run/output_tail.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string_view>

namespace daxlab {
namespace {

std::string last_lines_of(std::string_view printed, size_t lines) {
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe(ends.data()), 0);
  EXPECT_EQ(write(ends[1], printed.data(), printed.size()), static_cast<ssize_t>(printed.size()));
  close(ends[1]);
  OutputTail tail;
  while (tail.read_available(ends[0])) {
  }
  close(ends[0]);
  return tail.last_lines(lines);
}

TEST(OutputTail, HasTheLastLinesThatAreNotEmpty) {
  EXPECT_EQ(last_lines_of("one\n\ntwo\n  \nthree", 2), "two\nthree");
  EXPECT_EQ(last_lines_of("a\tb\033[1m\n", 5), "a b?[1m");
  EXPECT_EQ(last_lines_of("", 5), "");
}

TEST(OutputTail, EndsWithTheSummaryOfASanitizer) {
  const std::string report =
      "ERROR: AddressSanitizer: heap-buffer-overflow\n  #0 mine.cc:7\n"
      "SUMMARY: AddressSanitizer: heap-buffer-overflow mine.cc:7 in write\n"
      "Shadow bytes around the buggy address:\n  0x0c047fff8000: fa fa\n==7==ABORTING\n";
  EXPECT_EQ(last_lines_of(report, 2),
            "  #0 mine.cc:7\nSUMMARY: AddressSanitizer: heap-buffer-overflow mine.cc:7 in write");
  EXPECT_EQ(last_lines_of("SUMMARY: all is well\nthe end\n", 1), "the end");
}

}  // namespace
}  // namespace daxlab
