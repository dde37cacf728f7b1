#include "harness/run/output_tail.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string_view>

namespace daxlab {
namespace {

OutputTail tail_of(std::string_view printed) {
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe(ends.data()), 0);
  EXPECT_EQ(write(ends[1], printed.data(), printed.size()), static_cast<ssize_t>(printed.size()));
  close(ends[1]);
  OutputTail tail;
  while (tail.read_available(ends[0])) {
  }
  close(ends[0]);
  return tail;
}

std::string last_lines_of(std::string_view printed, size_t lines) {
  return tail_of(printed).last_lines(lines);
}

TEST(OutputTail, HasTheLastLinesThatAreNotEmpty) {
  EXPECT_EQ(last_lines_of("one\n\ntwo\n  \nthree", 2), "two\nthree");
  EXPECT_EQ(last_lines_of("a\tb\033[1m\n", 5), "a b?[1m");
  EXPECT_EQ(last_lines_of("", 5), "");
}

TEST(OutputTail, OfASanitizersReportTheFirstLinesAndTheSummary) {
  const std::string report =
      "before\n==7==ERROR: AddressSanitizer: heap-buffer-overflow\n  #0 mine.cc:7\n  #1 host.cc:1\n"
      "SUMMARY: AddressSanitizer: heap-buffer-overflow mine.cc:7 in write\n"
      "Shadow bytes around the buggy address:\n  0x0c047fff8000: fa fa\n==7==ABORTING\n";
  const std::string summary = "SUMMARY: AddressSanitizer: heap-buffer-overflow mine.cc:7 in write";
  const std::string first = "ERROR: AddressSanitizer: heap-buffer-overflow\n  #0 mine.cc:7\n";
  EXPECT_EQ(tail_of(report).report_lines(2), first + summary);
  EXPECT_EQ(tail_of(report).report_lines(4), first + "  #1 host.cc:1\n" + summary);
  EXPECT_EQ(tail_of("SUMMARY: all is well\n").report_lines(4), "");
}

}  // namespace
}  // namespace daxlab
