#include <gtest/gtest.h>

#include "harness/workloads/workload_test_run.h"

namespace daxlab {
namespace {

struct Stores {
  double first, again;
};

Stores stores_of(const std::map<std::string, uint64_t>& options, uint64_t threads = 1,
                 TestTime time = {}) {
  auto given = options;
  given.emplace("size", size_of_test);
  const auto files = baseline_in_memory();
  const TestRun run = run_workload(*files, "mapped_write", given, threads, time);
  EXPECT_EQ(message_of(run), "");
  const Stores stores{run.extra.at("first_stores"), run.extra.at("overwrites")};
  EXPECT_EQ(stores.first + stores.again, static_cast<double>(run.operations));
  EXPECT_EQ(run.extra.contains("first_store_ns"), stores.first > 0);
  EXPECT_EQ(run.extra.contains("first_store_p99_ns"), stores.first > 0);
  EXPECT_EQ(run.extra.contains("overwrite_ns"), stores.again > 0);
  return stores;
}

TEST(MappedWrite, TellsFirstStoresToAPageFromOthers) {
  const double pages = pages_of_test;
  EXPECT_EQ(stores_of({}).first, pages);
  EXPECT_EQ(stores_of({}).again, pages);
  EXPECT_EQ(stores_of({}, 3).first, pages);
  EXPECT_EQ(stores_of({{"mode", 1}}).first, 0);
  // The first of the eight blocks of a page.
  EXPECT_EQ(stores_of({{"block_size", 512}}).first, pages);
  EXPECT_EQ(stores_of({{"block_size", 512}}).again, 15 * pages);
  EXPECT_EQ(stores_of({{"block_size", 3 * page_bytes}}).first, pages / 3);
}

TEST(MappedWrite, OfStoresInTheRampNothingIsTold) {
  const Stores stores = stores_of({}, 1, {.runtime_ns = 500, .ramp_ns = 200});
  EXPECT_EQ(stores.first, 0);
  EXPECT_GT(stores.again, 0);
}

}  // namespace
}  // namespace daxlab
