#include "harness/campaign/shared_parts.h"

#include <gtest/gtest.h>

#include "harness/campaign/journal.h"
#include "harness/campaign/records_test.h"

namespace daxlab {
namespace {

class SharedPartsTest : public testing::Test {
 protected:
  RunRecord record_of(size_t cell, uint64_t repetition, const std::string& seed = "1") {
    return a_record(cells_[cell], repetition, "", {{"seed", seed}});
  }

  std::vector<Config> configs_ = {a_config(2, 100)};
  std::vector<SelectedCell> cells_ = select_cells(configs_, {}).take();
};

TEST_F(SharedPartsTest, EqualOnesAreOneAndOthersStayWhatTheyAre) {
  SharedParts parts;
  RunRecord first = record_of(0, 0), same = record_of(0, 1), other_cell = record_of(1, 0),
            other_context = record_of(0, 2, "2");
  ASSERT_NE(first.cell, same.cell);
  for (RunRecord* record : {&first, &same, &other_cell, &other_context}) {
    const std::string before = record_json(*record).dump();
    parts.share(*record);
    EXPECT_EQ(record_json(*record).dump(), before);
  }
  EXPECT_EQ(same.cell, first.cell);
  EXPECT_EQ(same.context, first.context);
  EXPECT_NE(other_cell.cell, first.cell);
  EXPECT_EQ(other_cell.context, first.context);
  EXPECT_EQ(other_context.cell, first.cell);
  EXPECT_NE(other_context.context, first.context);
}

TEST_F(SharedPartsTest, ACellWithPluginsOfAnotherBuildIsAnother) {
  SharedParts parts;
  const auto with_hash = [&](const char* hash) {
    RunRecord record = record_of(0, 0);
    RecordedCell cell = *record.cell;
    cell.plugins = {{"alloc", "first_fit", "/first_fit.so", hash}};
    record.cell = std::make_shared<RecordedCell>(cell);
    parts.share(record);
    return record;
  };
  EXPECT_EQ(with_hash("aa").cell, with_hash("aa").cell);
  EXPECT_EQ(with_hash("bb").cell->plugins[0].content_hash, "bb");
}

// The parts of a hundred records are in memory once, when they are read back, too.
TEST_F(SharedPartsTest, RecordsOfAJournalShareThem) {
  const ScratchFolder folder = ScratchFolder::make(testing::TempDir()).take();
  const std::filesystem::path path = Journal::path_for(folder.path() / "out.json");
  {
    auto journal = Journal::begin(path);
    ASSERT_TRUE(journal.ok()) << journal.error().message;
    for (uint64_t i = 0; i < 100; ++i) {
      ASSERT_FALSE(journal.value().add(record_of(i % 2, i / 2)).has_value());
    }
  }
  const auto journal = Journal::go_on(path);
  ASSERT_TRUE(journal.ok()) << journal.error().message;
  std::set<const void*> cells, contexts;
  for (const RunRecord& record : journal.value().kept().records) {
    cells.insert(record.cell.get());
    contexts.insert(record.context.get());
  }
  EXPECT_EQ(journal.value().kept().records.size(), 100u);
  EXPECT_EQ(cells.size(), 2u);
  EXPECT_EQ(contexts.size(), 1u);
}

}  // namespace
}  // namespace daxlab
