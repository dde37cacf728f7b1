// What a journal reads and writes, in bytes, as the kernel counts them.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "harness/campaign/journal.h"
#include "harness/campaign/records_test.h"
#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

// By all calls of this process so far.
struct IoBytes {
  uint64_t read = 0, written = 0;
};

IoBytes io_bytes() {
  std::ifstream file("/proc/self/io");
  std::string read, written;
  IoBytes bytes;
  file >> read >> bytes.read >> written >> bytes.written;
  EXPECT_EQ(read + written, "rchar:wchar:") << "this kernel does not count them";
  return bytes;
}

class JournalCostTest : public testing::TestWithParam<uint64_t> {
 protected:
  // By `body`, without what looking takes.
  template <class Body>
  static IoBytes bytes_of(Body body) {
    const IoBytes first = io_bytes(), start = io_bytes();
    body();
    const IoBytes end = io_bytes();
    return {end.read - start.read - (start.read - first.read), end.written - start.written};
  }
  uint64_t size() const { return std::filesystem::file_size(path_); }

  const uint64_t records_ = GetParam();
  std::vector<Config> configs_ = {a_config(1, records_)};
  std::vector<SelectedCell> cells_ = select_cells(configs_, {}).take();
  ScratchFolder folder_ = ScratchFolder::make(testing::TempDir()).take();
  std::filesystem::path path_ = Journal::path_for(folder_.path() / "out.json");
};

TEST_P(JournalCostTest, EveryByteIsWrittenOnceAndReadOnce) {
  RunRecord record = a_record(cells_[0], 0);
  const IoBytes keeping = bytes_of([&] {
    auto journal = Journal::begin(path_);
    ASSERT_TRUE(journal.ok()) << journal.error().message;
    for (uint64_t repetition = 0; repetition < records_; ++repetition) {
      record.result.repetition_index = static_cast<int64_t>(repetition);
      ASSERT_FALSE(journal.value().add(record).has_value());
    }
  });
  EXPECT_EQ(keeping.written, size());
  EXPECT_EQ(keeping.read, 0u);
  EXPECT_GE(size(), records_ * 500);

  // And goes on.
  const uint64_t before = size();
  const IoBytes going_on = bytes_of([&] {
    auto journal = Journal::go_on(path_);
    ASSERT_TRUE(journal.ok()) << journal.error().message;
    ASSERT_EQ(journal.value().kept().records.size(), records_);
    ASSERT_FALSE(journal.value().add(record).has_value());
  });
  EXPECT_EQ(going_on.read, before);
  EXPECT_EQ(going_on.written, size() - before);
}

INSTANTIATE_TEST_SUITE_P(Records, JournalCostTest, testing::Values(10, 1000));

}  // namespace
}  // namespace daxlab
