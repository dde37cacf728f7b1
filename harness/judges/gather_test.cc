#include "harness/judges/gather.h"

#include <gtest/gtest.h>

#include "harness/histories/flawed_file_system.h"
#include "harness/histories/random_history.h"
#include "harness/judges/judge_all.h"
#include "harness/judges/made_history_test.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

// A file system in memory as a lab, with no region to look into.
class FlawedLab final : public Lab {
 public:
  explicit FlawedLab(Flaw flaw) : files_(flaw) {}
  FileSystem& files() override { return files_; }
  ErrorOr<std::vector<std::string>> file_names() override { return std::vector<std::string>(); }
  Counters& counters() override { return counters_; }
  const EffectiveFacts& facts() const override { return facts_; }
  std::optional<std::string> failure() const override { return std::nullopt; }
  std::vector<CachedPage> cached_pages() override { return {}; }
  std::vector<MappedRange> mapped_ranges() override { return {}; }
  std::span<std::byte> region_bytes() override { return {}; }
  bool is_empty() const { return files_.is_empty(); }

 private:
  FlawedFileSystem files_;
  Counters counters_;
  EffectiveFacts facts_;
};

std::optional<Verdict> judge_some(Lab& lab, uint64_t histories) {
  for (uint64_t seed = 1; seed <= histories; ++seed) {
    auto verdict = judge_all(gather(lab, random_history(seed), {}));
    if (verdict) return verdict;
  }
  return std::nullopt;
}

TEST(Gather, ARightFileSystemIsAccusedOfNothing) {
  FlawedLab lab(Flaw::none);
  EXPECT_FALSE(judge_some(lab, 200));
  EXPECT_TRUE(lab.is_empty());
}

TEST(Gather, FlawsAreFound) {
  for (const Flaw flaw : {Flaw::drops_stores, Flaw::keeps_zero_pages, Flaw::keeps_cut_bytes,
                          Flaw::ignores_end, Flaw::punches_pages, Flaw::forgets_unlinked}) {
    FlawedLab lab(flaw);
    const auto verdict = judge_some(lab, 300);
    ASSERT_TRUE(verdict) << static_cast<uint32_t>(flaw);
    EXPECT_EQ(verdict->judge, JudgeName::coherence)
        << static_cast<uint32_t>(flaw) << ": " << to_text(*verdict);
  }
}

// Without a region nobody can say that there was space; a promise can still be broken.
TEST(Gather, AShortWriteIsFollowed) {
  FlawedLab lab(Flaw::writes_short);
  EXPECT_FALSE(judge_some(lab, 100));
  const History history{.seed = 1,
                        .ops = {op_of(OpKind::create, 0), op_of(OpKind::write, 0, 0, 9000, 7)}};
  const auto verdict = judge_all(gather(lab, history, {.all_or_nothing = true}));
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->judge, JudgeName::enospc);
}

NamedLab small_lab() {
  return {.engine = EngineKind::simulator, .region_bytes = uint64_t{64} << 10};
}

TEST(Gather, FollowsWhatFoundNoSpace) {
  auto lab = make_lab(small_lab());
  const History history{
      .seed = 4,
      .ops = {op_of(OpKind::create, 0), op_of(OpKind::write, 0, 0, 40 * page_bytes, 7),
              op_of(OpKind::preallocate, 0, 0, 30 * page_bytes), op_of(OpKind::read, 0, 0, 16),
              map_of(0, 0, {0, 64}), op_on_view(OpKind::store, 0, 8, 1)}};
  const SequentialEvidence evidence = gather(*lab, history, {});
  ASSERT_EQ(evidence.ops.size(), 6u);
  const AnsweredOp& shorter = evidence.ops[1];
  EXPECT_GT(shorter.seen.count_bytes, 0u);
  EXPECT_LT(shorter.seen.count_bytes, 40 * page_bytes);
  EXPECT_EQ(shorter.expected.count_bytes, shorter.seen.count_bytes);
  ASSERT_TRUE(shorter.file);
  EXPECT_EQ(shorter.file->expected, shorter.file->seen);
  EXPECT_EQ(evidence.ops[2].seen.code, ErrorCode::no_space);
  EXPECT_EQ(evidence.ops[2].expected.code, ErrorCode::no_space);
  EXPECT_EQ(evidence.ops[2].expected.size_bytes, shorter.seen.count_bytes);
  EXPECT_EQ(evidence.ops[3].expected.bytes, evidence.ops[3].seen.bytes);
  EXPECT_FALSE(judge_all(evidence));
  ASSERT_TRUE(evidence.emptied);
  EXPECT_EQ(evidence.emptied->space->used_blocks, evidence.before.space->used_blocks);
}

TEST(Gather, LooksOnlyAtWhatIsAskedFor) {
  auto lab = make_lab(small_lab());
  const History history = random_history(3);
  const SequentialEvidence words = gather(*lab, history, {.judges = {JudgeName::coherence}});
  EXPECT_FALSE(words.ops.back().after->space);
  EXPECT_FALSE(words.at_end.empty());
  const SequentialEvidence blocks = gather(*lab, history, {.judges = {JudgeName::accounting}});
  EXPECT_TRUE(blocks.ops.back().after->space);
  EXPECT_TRUE(blocks.at_end.empty());
}

TEST(Gather, LeavesOutWhatHasNothingToActOn) {
  auto lab = make_lab(small_lab());
  const History history{.seed = 1,
                        .ops = {op_of(OpKind::write, 1, 0, 8, 1), op_on_view(OpKind::load, 0, 0),
                                op_of(OpKind::create, 1), op_of(OpKind::punch, 1, 0, 0)}};
  const SequentialEvidence evidence = gather(*lab, history, {});
  ASSERT_EQ(evidence.ops.size(), 1u);
  EXPECT_EQ(evidence.ops[0].number, 2u);
}

TEST(Gather, TakesFaultsOfABufferFirstWhereSpaceMayRunOut) {
  auto lab = make_lab(small_lab());
  Op fill = op_of(OpKind::read_into_view, 0, 0, 64, 8);
  const History history{
      .seed = 1,
      .ops = {op_of(OpKind::create, 0), op_of(OpKind::create, 1), op_of(OpKind::write, 0, 0, 64, 3),
              op_of(OpKind::truncate, 1, page_bytes), map_of(1, 0, {0, 1}), fill}};
  const SequentialEvidence evidence = gather(*lab, history, {});
  ASSERT_EQ(evidence.ops.size(), 7u);
  EXPECT_EQ(evidence.ops[5].op.kind, OpKind::prefault);
  EXPECT_EQ(evidence.ops[5].number, 5u);
  EXPECT_EQ(evidence.ops[6].number, 5u);
  EXPECT_FALSE(judge_all(evidence));
}

// A file "f0" of two pages, and a plan that says that its second page is lost, which the lab is not
// told.
TEST(Gather, KnowsLostPagesByWhatTheyAnswer) {
  const FileBefore before{.file = 0, .value = 1, .pages = 2, .lost_pages = {1}};
  const Op open = op_of(OpKind::open, 0);
  const Op near = op_of(OpKind::read, 0, 0, page_bytes);
  const Op lost = op_of(OpKind::read, 0, page_bytes, 8);
  const Op load = op_on_view(OpKind::load, 0, 0);
  const auto judged = [&](std::vector<Op> ops) {
    auto lab = make_lab(small_lab());
    auto made = lab->files().create("f0");
    EXPECT_TRUE(made.take()->write(0, written_bytes(1, 2 * page_bytes)).ok());
    return judge_all(gather(*lab, {.seed = 1, .ops = std::move(ops)},
                            {.file_before = before, .fill_free_blocks = false}));
  };
  for (const auto& ops : {std::vector{open, lost}, std::vector{open, map_of(0, 0, {1, 1}), load},
                          std::vector{open}}) {
    const auto verdict = judged(ops);
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->judge, JudgeName::coherence);
    EXPECT_EQ(verdict->expected, "\"input/output error\"");
    EXPECT_EQ(verdict->seen, "\"ok\"");
  }
  const auto verdict = judged({open, near, op_of(OpKind::truncate, 0, page_bytes)});
  EXPECT_FALSE(verdict) << to_text(*verdict);
}

TEST(MostBlocks, CountsEveryFileOnce) {
  Model model;
  EXPECT_EQ(most_blocks_of(model), 0u);
  model.apply(op_of(OpKind::create, 0));
  model.apply(op_of(OpKind::write, 0, 0, page_bytes + 1, 1));
  const uint64_t one = most_blocks_of(model);
  EXPECT_GE(one, 3u);
  model.apply(map_of(0, 0, {0, 1}));
  model.apply(map_of(0, 1, {0, 1}));
  EXPECT_EQ(most_blocks_of(model), one);
  model.apply(op_of(OpKind::unlink, 0));
  EXPECT_EQ(most_blocks_of(model), one) << "views keep it";
  model.apply(op_of(OpKind::create, 0));
  model.apply(op_on_view(OpKind::unmap, 0, 0));
  EXPECT_EQ(most_blocks_of(model), one);
  model.apply(op_on_view(OpKind::unmap, 1, 0));
  EXPECT_EQ(most_blocks_of(model), 0u);
}

}  // namespace
}  // namespace daxlab
