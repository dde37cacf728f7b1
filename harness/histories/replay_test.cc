#include "harness/histories/replay.h"

#include <gtest/gtest.h>

#include <set>

#include "core/engine/baseline/baseline_file_system.h"
#include "harness/histories/flawed_file_system.h"
#include "harness/histories/random_history.h"

namespace daxlab {
namespace {

constexpr uint64_t page = page_bytes;

TEST(RandomHistory, IsTheSameForTheSameSeed) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(random_history(seed).ops, random_history(seed).ops);
    EXPECT_NE(random_history(seed).ops, random_history(seed + 1).ops);
  }
}

// What the histories are for: each case must come up, or passing them shows nothing.
TEST(RandomHistory, GoesWhereStrategiesBreak) {
  std::set<OpKind> kinds;
  uint64_t by_view = 0, beyond_end = 0, two_views_of_a_page = 0, unaligned_sizes = 0,
           short_reads = 0, nameless = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Model model;
    for (const Op& op : random_history(seed).ops) {
      ASSERT_TRUE(model.is_defined(op)) << to_text(op);
      const Outcome outcome = model.apply(op);
      kinds.insert(op.kind);
      by_view += op.kind == OpKind::write_from_view || op.kind == OpKind::read_into_view;
      beyond_end += outcome.code == ErrorCode::beyond_end;
      unaligned_sizes += outcome.size_bytes % 8 != 0;
      short_reads += op.kind == OpKind::read && outcome.count_bytes < op.length_bytes;
      nameless += op.kind == OpKind::write && !model.has_name(op.file);
      if (op.kind != OpKind::store || outcome.code != ErrorCode::ok) continue;
      const Model::ModelView& stored = model.view(op.view);
      for (uint32_t other = 0; other < history_views; ++other) {
        const Model::ModelView& view = model.view(other);
        two_views_of_a_page += other != op.view && stored.file != nullptr &&
                               view.file == stored.file &&
                               view.range.contains(stored.range.pgoff + op.offset_bytes / page);
      }
    }
  }
  EXPECT_EQ(kinds.size(), 17u);
  EXPECT_GT(by_view, 100u);
  EXPECT_GT(beyond_end, 100u);
  EXPECT_GT(two_views_of_a_page, 100u);
  EXPECT_GT(unaligned_sizes, 100u);
  EXPECT_GT(short_reads, 100u);
  EXPECT_GT(nameless, 20u);
}

TEST(Model, ZerosWhatTruncateCut) {
  Model model;
  model.apply({OpKind::create, 0, 0, 0, 0, 0});
  model.apply({OpKind::write, 0, 0, 0, 100, 7});
  model.apply({OpKind::map, 0, 0, 0, 2 * page, 0});
  model.apply({OpKind::truncate, 0, 0, 12, 0, 0});
  EXPECT_EQ(model.apply({OpKind::load, 0, 0, 16, 0, 0}).word, 0u);
  EXPECT_EQ(model.apply({OpKind::load, 0, 0, page, 0, 0}).code, ErrorCode::beyond_end);
  EXPECT_NE(model.apply({OpKind::load, 0, 0, 8, 0, 0}).word, 0u);
  model.apply({OpKind::truncate, 0, 0, 100, 0, 0});
  const Outcome read = model.apply({OpKind::read, 0, 0, 12, 500, 0});
  EXPECT_EQ(read.bytes, std::vector<std::byte>(88));
}

TEST(Model, StoresInTheLastPagePastTheEndAreUndefined) {
  Model model;
  model.apply({OpKind::create, 0, 0, 0, 0, 0});
  model.apply({OpKind::truncate, 0, 0, 20, 0, 0});
  model.apply({OpKind::map, 0, 0, 0, 2 * page, 0});
  EXPECT_TRUE(model.is_defined({OpKind::store, 0, 0, 8, 0, 1}));
  EXPECT_FALSE(model.is_defined({OpKind::store, 0, 0, 16, 0, 1}));
  EXPECT_TRUE(model.is_defined({OpKind::load, 0, 0, 16, 0, 0}));
  EXPECT_TRUE(model.is_defined({OpKind::store, 0, 0, page, 0, 1}));  // a bus error
  EXPECT_FALSE(model.is_defined({OpKind::load, 0, 0, 2 * page, 0, 0}));
}

TEST(Replay, NamesTheFirstDifference) {
  FlawedFileSystem files(Flaw::keeps_zero_pages);
  const History history{3,
                        {{OpKind::create, 0, 0, 0, 0, 0},
                         {OpKind::truncate, 0, 0, 2 * page, 0, 0},
                         {OpKind::map, 0, 2, 0, 2 * page, 0},
                         {OpKind::load, 0, 2, page, 0, 0},
                         {OpKind::map, 0, 1, 0, 2 * page, 0},
                         {OpKind::store, 0, 1, page, 0, 0x2a},
                         {OpKind::load, 0, 2, page, 0, 0}}};
  EXPECT_EQ(find_difference(files, history),
            "op 6 load view 2 offset 4096: expected 0x2a, seen 0x0");
  EXPECT_TRUE(files.is_empty());
}

TEST(Replay, ComparesTheFinalState) {
  FlawedFileSystem files(Flaw::punches_pages);
  const History history{4,
                        {{OpKind::create, 1, 0, 0, 0, 0},
                         {OpKind::write, 1, 0, 0, 8, 5},
                         {OpKind::punch, 1, 0, 100, 8, 0}}};
  const auto found = find_difference(files, history);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->substr(0, 31), "at the end, f1: file offset 0: ");
}

TEST(CheckHistories, PassesARightFileSystem) {
  FlawedFileSystem files(Flaw::none);
  EXPECT_EQ(check_histories(files, 1, 300), std::nullopt);
  EXPECT_TRUE(files.is_empty());
}

TEST(CheckHistories, FindsEachFlawAndShortensIt) {
  for (const Flaw flaw :
       {Flaw::drops_stores, Flaw::keeps_zero_pages, Flaw::keeps_cut_bytes, Flaw::writes_short,
        Flaw::ignores_end, Flaw::punches_pages, Flaw::forgets_unlinked}) {
    FlawedFileSystem files(flaw);
    const auto found = check_histories(files, 1, 100);
    ASSERT_TRUE(found) << static_cast<uint32_t>(flaw);
    EXPECT_EQ(found->substr(0, 5), "seed ");
    EXPECT_NE(found->find("expected"), std::string::npos) << *found;
    EXPECT_NE(found->find("\n   0 create"), std::string::npos) << *found;
  }
}

TEST(Shortened, LeavesOnlyWhatIsNeeded) {
  FlawedFileSystem files(Flaw::ignores_end);
  for (uint64_t seed = 1; seed < 100; ++seed) {
    const History history = random_history(seed);
    if (!find_difference(files, history)) continue;
    const History shorter = shortened(files, history);
    EXPECT_TRUE(find_difference(files, shorter));
    EXPECT_LE(shorter.ops.size(), 3u) << to_text(shorter);  // create, map, load
    return;
  }
  FAIL() << "no history reaches past the end";
}

// The kernel's own file system is an oracle that was not written here.
TEST(CheckHistories, ModelAndKernelAgree) {
  auto files = BaselineFileSystem::make("/dev/shm");
  ASSERT_TRUE(files.ok()) << files.error().message;
  EXPECT_EQ(check_histories(*files.value(), 1, 1000), std::nullopt);
}

}  // namespace
}  // namespace daxlab
