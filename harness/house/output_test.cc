// Where daxlab prints.
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/house/source_tree.h"

namespace daxlab {
namespace {

// What is printed elsewhere could hold control characters of others, and nobody would ask whether
// it was written. Programs that fuzz and make corpora are for those who build daxlab.
TEST(Output, IsWrittenInOnePlace) {
  const std::string printers[] = {"fmt::print(", "std::cout", "std::cerr", "std::puts("};
  for (const std::string& file : files_under("harness")) {
    if (!is_code(file) || is_test(file) || file.starts_with("harness/fuzz/")) continue;
    const std::string text = read_file(source_folder() / file);
    for (const std::string& printer : printers) {
      EXPECT_FALSE(contains(text, printer)) << file << ": print() of standard_streams.h instead";
    }
  }
}

// Wherever main() is, streams are taken first.
TEST(Output, EveryProgramTakesItsStreams) {
  size_t programs = 0;
  for (const std::string& file : files_under("harness")) {
    if (!file.ends_with("_main.cc") || file.starts_with("harness/fuzz/")) continue;
    const std::string text = read_file(source_folder() / file);
    EXPECT_TRUE(contains(text, "run_daxlab(") || contains(text, "run_rows(")) << file;
    ++programs;
  }
  EXPECT_GE(programs, 5u);
}

}  // namespace
}  // namespace daxlab
