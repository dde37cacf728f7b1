#include "harness/campaign/record_store.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "harness/campaign/records_test.h"

namespace daxlab {
namespace {

class RecordStoreTest : public testing::Test {
 protected:
  std::vector<Config> configs_ = {daxlab::a_config(2, 1000)};
  std::vector<SelectedCell> cells_ = select_cells(configs_, {}).take();
  RecordStore store_;
};

TEST_F(RecordStoreTest, GivesBackWhatWasPutIn) {
  std::vector<RunRecord> records;
  for (uint64_t i = 0; i < 6; ++i) {
    records.push_back(a_record(cells_[i % 2], i, i == 3 ? "died\nof \"something\"" : "",
                               {{"seed", std::to_string(i / 4)}}));
    ResultRecord& result = records.back().result;
    result.label = i == 4 ? "medium=memfd" : "medium=tmpfs";
    result.counters["blocks_used"] = 0.1 * static_cast<double>(i);
    if (i == 2) result.counters["faults_read"] = 1e300;
    if (i != 3) result.histograms["latency_histogram"] = {{i, 7}, {UINT64_MAX - i, 1}};
    if (i >= 4) result.histograms["fault_latency_histogram"] = {};
    if (i == 5) result.histograms["fault_latency_histogram"] = {{900, 10 * i}};
    result.family_index = static_cast<int64_t>(i % 2);
  }
  records[1].result.failure = "";  // it says nothing, and has failed
  std::vector<const RecordStore::Kept*> kept;
  for (const RunRecord& record : records) kept.push_back(store_.keep(record));
  for (size_t i = 0; i < records.size(); ++i) {
    const RunRecord back = RecordStore::record_of(*kept[i]);
    EXPECT_EQ(record_json(back).dump(), record_json(records[i]).dump()) << i;
    EXPECT_EQ(back.failed(), records[i].failed()) << i;
    EXPECT_EQ(back.result.parts.threads, records[i].result.parts.threads);
    EXPECT_EQ(back.cell->text, records[i].cell->text);
  }
}

TEST_F(RecordStoreTest, RunsOfACellHaveOnePattern) {
  std::set<const RunRecord*> patterns;
  for (uint64_t i = 0; i < 1000; ++i) {
    patterns.insert(store_.keep(a_record(cells_[i % 2], i / 2))->pattern);
  }
  EXPECT_EQ(patterns.size(), 2u);
}

// What a process does not get it cannot read; and the kernel need not copy its page table.
TEST_F(RecordStoreTest, AChildHasNothingOfIt) {
  const RecordStore::Kept* kept = store_.keep(a_record(cells_[0], 0));
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    signal(SIGSEGV, SIG_DFL);
    static_cast<void>(*const_cast<const volatile double*>(&kept->real_time_ns));
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV) << status;
}

TEST(UnforkedMemory, TakesWhatIsLongerThanAPieceOfIt) {
  UnforkedMemory memory;
  const std::vector<char> text(size_t{3} << 20, 'x');
  std::vector<std::span<const char>> kept;
  for (const size_t length : {size_t{1}, text.size(), size_t{0}, size_t{17}, text.size()}) {
    kept.push_back(memory.keep_all<char>(std::span(text).first(length)));
  }
  EXPECT_EQ(kept[1].size(), text.size());
  for (const std::span<const char> piece : kept) {
    EXPECT_TRUE(std::equal(piece.begin(), piece.end(), text.begin()));
  }
}

}  // namespace
}  // namespace daxlab
