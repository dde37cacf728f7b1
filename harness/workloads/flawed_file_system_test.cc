// The workloads that change what several threads see, on file systems that are wrong in themselves.
#include "harness/histories/flawed_file_system.h"

#include <gtest/gtest.h>

#include "harness/workloads/lie_cases_test.h"

namespace daxlab {
namespace {

struct FlawCase {
  Flaw flaw;
  const char* workload;
  Options options;
  uint64_t threads;
};

TEST(FlawedFileSystem, IsFoundOutByTheWorkloadsOfThatFlaw) {
  const Options mixed{{"size", 16 * page_bytes}, {"operations", 1000}, {"block_size", 512}};
  Options one_page = mixed;
  one_page["size"] = page_bytes;
  one_page["through"] = 2;
  const Options regrow{{"size", 8 * page_bytes}, {"operations", 40}};
  const Options storm{{"size", 8 * page_bytes}, {"operations", 400}, {"files", 1}};
  const Options filled{{"size", 16 * page_bytes}, {"holes.every", 0}};
  const Options sparse{{"size", 16 * page_bytes}, {"holes.every", 4 * page_bytes}};
  const FlawCase cases[] = {
      {Flaw::forgets_reads, "read", filled, 1},
      {Flaw::forgets_reads, "read", sparse, 3},
      {Flaw::writes_short, "read", filled, 1},
      {Flaw::shows_neighbours, "mapped_read", filled, 1},
      {Flaw::shows_neighbours, "mapped_read", sparse, 3},
      {Flaw::writes_short, "mapped_read", sparse, 1},
      {Flaw::shows_neighbours, "second_touch", filled, 1},
      {Flaw::blinds_later_views, "second_touch", filled, 1},
      {Flaw::blinds_later_views, "second_touch", sparse, 3},
      {Flaw::shows_neighbours, "many_mappings", filled, 1},
      {Flaw::blinds_later_views, "many_mappings", filled, 1},
      {Flaw::blinds_later_views, "many_mappings", sparse, 3},
      {Flaw::drops_stores, "mixed", mixed, 1},
      {Flaw::keeps_zero_pages, "mixed", mixed, 1},
      {Flaw::writes_short, "mixed", {{"size", 65536}, {"block_size", 8192}}, 1},
      {Flaw::copies_pages, "mixed", one_page, 3},
      {Flaw::drops_stores, "truncate_regrow", regrow, 1},
      {Flaw::keeps_cut_bytes, "truncate_regrow", regrow, 1},
      {Flaw::keeps_cut_bytes, "truncate_regrow", regrow, 2},
      {Flaw::drops_stores, "punch_storm", storm, 1},
      {Flaw::keeps_zero_pages, "punch_storm", storm, 2},
      {Flaw::punches_pages, "punch_storm", storm, 1},
      {Flaw::punches_pages, "punch_storm", storm, 3},
  };
  for (const FlawCase& test : cases) {
    SCOPED_TRACE(std::string(test.workload) + ", flaw " +
                 std::to_string(static_cast<uint32_t>(test.flaw)));
    FlawedFileSystem right(Flaw::none);
    // What only threads can meet gets more than one meeting.
    const int runs = test.threads == 1 ? 1 : 20;
    bool found = false;
    for (int run = 0; run < runs && !found; ++run) {
      FlawedFileSystem flawed(test.flaw);  // where no file is left of the run before
      found = run_workload(flawed, test.workload, test.options, test.threads).failure.has_value();
    }
    EXPECT_TRUE(found);
    const TestRun whole = run_workload(right, test.workload, test.options, test.threads);
    EXPECT_FALSE(whole.failure) << message_of(whole);
  }
}

}  // namespace
}  // namespace daxlab
