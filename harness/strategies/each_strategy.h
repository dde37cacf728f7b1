// The base of tests that put one file through every shipped fault strategy on the mmu engine, each
// with writes in place and with copies on write.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "harness/strategies/named_lab.h"

namespace daxlab {

// "global_zero:around=16/atomic": the write strategy is partial unless one stands after a slash.
inline NamedLab lab_of(const std::string& label) {
  const size_t slash = label.find('/');
  if (slash == std::string::npos) return {.fault = label};
  return {.fault = label.substr(0, slash), .write = label.substr(slash + 1)};
}

// Labels of every fault strategy with that write strategy.
inline std::vector<std::string> fault_variants_with(const std::string& write) {
  std::vector<std::string> labels = fault_variants();
  for (std::string& label : labels) label += "/" + write;
  return labels;
}

// The parameter is such a label. At the end: no unsafe answer, and used + free = total.
class EachStrategy : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<Lab> lab = make_lab(lab_of(GetParam()));
  std::unique_ptr<File> file = lab->files().create("file").take();

  void TearDown() override {
    EXPECT_EQ(lab->failure(), std::nullopt) << *lab->failure();
    file.reset();
    ASSERT_TRUE(lab->files().unlink("file").ok());
    SpaceUse use = lab->files().space_use();
    EXPECT_EQ(use.used_blocks + use.free_blocks, use.total_blocks);
  }
  std::unique_ptr<View> map(PageRange range) { return file->map(range).take(); }
  void write_word(uint64_t offset, uint64_t value) {
    auto written = file->write(offset, std::as_bytes(std::span(&value, 1)));
    ASSERT_TRUE(written.ok());
    ASSERT_EQ(written.value(), sizeof value);
  }
  uint64_t read_word(uint64_t offset) {
    uint64_t value = ~uint64_t{0};
    auto done = file->read(offset, std::as_writable_bytes(std::span(&value, 1)));
    EXPECT_TRUE(done.ok() && done.value() == sizeof value);
    return value;
  }
};

// The label as a test's name.
inline std::string test_name(const testing::TestParamInfo<std::string>& info) {
  return in_test_name(info.param);
}

}  // namespace daxlab
