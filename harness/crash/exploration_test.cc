// Leaving out images in which nobody could see a difference leaves out no finding; what is found
// can be had again; budgets are kept.
#include <gtest/gtest.h>

#include "core/base/sanitized.h"
#include "harness/crash/check_crashes.h"
#include "harness/crash/crash_runs_test.h"
#include "harness/crash/trace_mutation.h"
#include "harness/histories/replay.h"

namespace daxlab {
namespace {

// On a lab without garbage in its free blocks, so that all words can be combined.
RecordedHistory record_small(const std::string& write, const std::vector<Op>& ops) {
  PersistRecorder recorder;
  const std::unique_ptr<Lab> lab = make_lab({.engine = EngineKind::simulator,
                                             .write = write,
                                             .region_bytes = tight_bytes,
                                             .observer = &recorder});
  RecordedHistory history;
  history.before.assign(lab->region_bytes().begin(), lab->region_bytes().end());
  Replay replay(lab->files());
  recorder.start(lab->region_bytes());
  for (const Op& op : ops) {
    recorder.op_begins(history.ops.size());
    EXPECT_EQ(replay.apply(op).code, ErrorCode::ok) << to_text(op);
    recorder.op_ends(history.ops.size());
    history.ops.push_back({.op = op});
  }
  history.trace = recorder.stop();
  return history;
}

std::vector<std::vector<Op>> small_histories() {
  const Op create{.kind = OpKind::create};
  const Op map{.kind = OpKind::map, .length_bytes = page_bytes};
  const Op store{.kind = OpKind::store, .offset_bytes = 8, .value = 11};
  const Op sync{.kind = OpKind::sync};
  auto truncate = [](uint64_t size_bytes) {
    return Op{.kind = OpKind::truncate, .offset_bytes = size_bytes};
  };
  return {{create, write_op(0, 16, 3), write_op(8, 16, 4)},
          {create, truncate(page_bytes), map, store, sync, store},
          {create, write_op(0, 24, 3), truncate(8), truncate(32)},
          {create, write_op(page_bytes - 8, 16, 5), {.kind = OpKind::unlink}}};
}

TEST(Pruning, LeavesOutNoFinding) {
  const CrashPlan pruned{
      .exhaustive_lines = 64, .exhaustive_images = 1 << 14, .most_images = 0, .prunes = true};
  CrashPlan whole = pruned;
  whole.prunes = false;
  uint64_t compared = 0, found = 0, fewer = 0;
  for (const std::string& write : write_variants()) {
    for (const auto& ops : small_histories()) {
      RecordedHistory history = record_small(write, ops);
      auto compare = [&](const PersistTrace& trace, const std::string& what) {
        CrashPlan both[] = {pruned, whole};
        for (CrashPlan& plan : both) plan.atomic_writes = write == "atomic";
        const CrashVerdict one = check_crashes(history, trace, both[0]);
        const CrashVerdict other = check_crashes(history, trace, both[1]);
        if (!other.finding && other.counts.sampled_moments > 0) return;  // not all of them
        EXPECT_EQ(one.finding.has_value(), other.finding.has_value())
            << write << ", " << what << ": "
            << (one.finding ? one.finding->text : other.finding->text);
        ++compared;
        found += one.finding ? 1 : 0;
        fewer += one.counts.images < other.counts.images ? 1 : 0;
      };
      compare(history.trace, "as it is");
      for (const auto& [site, events] : persist_sites(history.trace)) {
        compare(without(history.trace, site), site.place + " " + name_of(site.kind));
      }
    }
  }
  EXPECT_GT(compared, 150u);
  EXPECT_GT(found, 50u);
  EXPECT_GT(fewer, 50u);
}

// What a mutant's crash shows depends on nothing but the moment.
TEST(Replay, OfACrashFindsTheSame) {
  uint64_t found = 0;
  for (uint64_t seed = 1; seed <= (sanitized ? 1 : 3); ++seed) {
    RecordedHistory history = record_seed(seed, "atomic", roomy_bytes);
    const PersistTrace right = history.trace;
    for (PersistenceDomain domain : {PersistenceDomain::adr, PersistenceDomain::eadr}) {
      const CrashPlan plan{.atomic_writes = true, .domain = domain, .exhaustive_images = 64};
      for (const auto& [site, events] : persist_sites(right)) {
        history.trace = without(right, site);
        const CrashVerdict verdict = check_crashes(history, plan);
        if (!verdict.finding) continue;
        ++found;
        const auto again = replay_crash(history, {.atomic_writes = true}, verdict.finding->moment);
        ASSERT_TRUE(again) << verdict.finding->text;
        EXPECT_EQ(again->text, verdict.finding->text);
        EXPECT_EQ(again->promise, verdict.finding->promise);
        EXPECT_EQ(again->taken, verdict.finding->taken);
      }
    }
    history.trace = right;
    EXPECT_EQ(replay_crash(history, {.atomic_writes = true}, {.event = 40, .image = 0}),
              std::nullopt);
  }
  EXPECT_GT(found, sanitized ? 30u : 100u);
}

TEST(Domains, FlushesAreForAdrOnlyAndFencesForBoth) {
  const RecordedHistory history = record_seed(1, "partial", roomy_bytes);
  PersistTrace unflushed = history.trace;
  std::erase_if(unflushed.events,
                [](const PersistEvent& event) { return event.kind == EventKind::flush; });
  PersistTrace unfenced = history.trace;
  std::erase_if(unfenced.events,
                [](const PersistEvent& event) { return event.kind == EventKind::fence; });
  const CrashPlan for_adr{.exhaustive_images = 64};
  CrashPlan for_eadr = for_adr;
  for_eadr.domain = PersistenceDomain::eadr;
  EXPECT_TRUE(check_crashes(history, unflushed, for_adr).finding);
  EXPECT_FALSE(check_crashes(history, unflushed, for_eadr).finding);
  EXPECT_TRUE(check_crashes(history, unfenced, for_adr).finding);
  EXPECT_TRUE(check_crashes(history, unfenced, for_eadr).finding);
}

TEST(Budgets, AreKept) {
  const RecordedHistory history = record_seed(1, "partial", roomy_bytes);
  const CrashCounts all = check_crashes(history, {.most_images = 0}).counts;
  EXPECT_EQ(all.sampled_moments, 0u);
  EXPECT_EQ(all.exhaustive_moments, all.moments);
  EXPECT_EQ(all.cut_short, 0u);
  const CrashCounts few = check_crashes(history, {.most_images = 2 * all.moments}).counts;
  EXPECT_LE(few.images, 2 * all.moments);
  EXPECT_GT(few.sampled_moments, 0u);
  EXPECT_EQ(few.moments, few.exhaustive_moments + few.sampled_moments);
  EXPECT_EQ(few.moments, all.moments) << "it is shared out over all of them";
  const CrashCounts none = check_crashes(history, {.most_images = 0, .time_ns = 1}).counts;
  EXPECT_EQ(none.cut_short, 1u);
  EXPECT_LT(none.moments, all.moments);
}

TEST(Findings, SayWhatTheCrashTook) {
  const RecordedHistory history = record_seed(1, "partial", roomy_bytes);
  PersistTrace wrong = history.trace;
  std::erase_if(wrong.events, [](const PersistEvent& event) {
    return event.kind == EventKind::flush && place_of(event.where).starts_with("core/region/inode");
  });
  const CrashVerdict verdict = check_crashes(history, wrong, {});
  ASSERT_TRUE(verdict.finding);
  ASSERT_FALSE(verdict.finding->taken.empty());
  const std::string& line = verdict.finding->taken.front();
  EXPECT_TRUE(line.starts_with("lost: line ") || line.starts_with("torn: line ")) << line;
  EXPECT_NE(verdict.finding->text.find(line), line.npos);
  EXPECT_NE(line.find(" of the inode table (inode "), line.npos) << line;
  EXPECT_NE(line.find("stored at core/region/inode_table.cc:"), line.npos) << line;
}

}  // namespace
}  // namespace daxlab
