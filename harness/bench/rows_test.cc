// Every row runs, once and small. What it costs is nothing that a test could say.
#include "harness/bench/rows.h"

#include <gtest/gtest.h>

#include <set>

namespace daxlab {
namespace {

const RowSizes small_sizes{.sync_pages = {2},
                           .persist_words = 64,
                           .open_blocks = {1024},
                           .write_bytes = {4096},
                           .timed_pages = 4,
                           .simulated_pages = 16,
                           .simulated_labs = 2,
                           .crash_histories = 1};

TEST(Rows, RunOnce) {
  for (const Row& row : all_rows(small_sizes)) {
    SCOPED_TRACE(row.name);
    auto loop = row.prepare();
    ASSERT_TRUE(loop.ok()) << loop.error().message;
    const ErrorOr<uint64_t> spent_ns = loop.value()();
    EXPECT_TRUE(spent_ns.ok()) << spent_ns.error().message;
    EXPECT_GT(row.items, 0u);
  }
}

TEST(Rows, AreComparedWithRowsThatAreThere) {
  for (const RowSizes& sizes : {small_sizes, full_sizes}) {
    std::set<std::string> names;
    for (const Row& row : all_rows(sizes)) EXPECT_TRUE(names.insert(row.name).second) << row.name;
    for (const Row& row : all_rows(sizes)) {
      EXPECT_TRUE(row.compared_with.empty() || names.count(row.compared_with) == 1) << row.name;
    }
  }
}

}  // namespace
}  // namespace daxlab
