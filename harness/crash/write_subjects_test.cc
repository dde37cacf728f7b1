// Subjects that random histories do not come to: what a mapping left behind the end of a file, a
// record of the redo log as long as they get, and a block map of three levels.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

#include "core/recovery/recovery.h"
#include "core/region/block_map.h"
#include "core/region/inode_table.h"
#include "harness/crash/check_crashes.h"
#include "harness/crash/check_procedure.h"
#include "harness/crash/crash_runs_test.h"
#include "harness/crash/subjects_test.h"
#include "harness/histories/replay.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

// Operation by operation, on a lab of its own.
class HandMade {
 public:
  HandMade(const std::string& write, uint64_t region_bytes)
      : lab_(make_lab({.engine = EngineKind::simulator,
                       .write = write,
                       .region_bytes = region_bytes,
                       .observer = &recorder_})),
        replay_(lab_->files()) {
    history_.before.assign(lab_->region_bytes().begin(), lab_->region_bytes().end());
    recorder_.start(lab_->region_bytes());
  }
  void run(const Op& op) {
    recorder_.op_begins(history_.ops.size());
    EXPECT_EQ(replay_.apply(op).code, ErrorCode::ok) << to_text(op);
    recorder_.op_ends(history_.ops.size());
    history_.ops.push_back({.op = op});
  }
  // The judge is not told: it looks at nothing behind the end.
  void store_behind_end(uint64_t offset_bytes) {
    replay_.view(0)->store(offset_bytes, 0xdeadbeefdeadbeef);
  }
  Subject finish(std::string name, const CrashPlan& plan) {
    history_.trace = recorder_.stop();
    auto shared = std::make_shared<RecordedHistory>(std::move(history_));
    return {std::move(name), shared->trace,
            [=](const PersistTrace& changed) { return check_crashes(*shared, changed, plan); }};
  }

 private:
  PersistRecorder recorder_;
  std::unique_ptr<Lab> lab_;
  Replay replay_;
  RecordedHistory history_;
};

Subject behind_end_subject(const std::string& write, const Op& grow) {
  HandMade history(write, 64 * block_bytes);
  history.run({.kind = OpKind::create});
  history.run(write_op(0, 100, 3));
  history.run({.kind = OpKind::map, .length_bytes = page_bytes});
  history.run({.kind = OpKind::store, .offset_bytes = 8, .value = 11});
  for (uint64_t at = 104; at < page_bytes; at += 8) history.store_behind_end(at);
  history.run({.kind = OpKind::sync});
  history.run(grow);
  return history.finish(write + ", after stores behind the end: " + to_text(grow),
                        {.atomic_writes = write == "atomic", .subsets = subject_subsets});
}

// The file's old part and what a write put behind a long hole, or why they are not as they should.
std::optional<CrashFinding> judge_deep_write(std::span<std::byte> image, ByteRange first,
                                             ByteRange deep, bool is_over) {
  Counters counters;
  auto region = Region::attach(Medium::over(image), counters);
  if (!region.ok()) return CrashFinding{Promise::opening, region.error().message};
  auto recovery = recover(*region.value());
  if (!recovery.ok()) return CrashFinding{Promise::opening, recovery.error().message};
  const InodeTable inodes(*region.value());
  const uint32_t number = inodes.find("deep").value();
  const BlockMap map(*region.value(), inodes.inode(number));
  auto is_there = [&](ByteRange range, uint64_t value) {
    const std::vector<std::byte> bytes = written_bytes(value, range.length_bytes);
    for (uint64_t done = 0, part = 0; done < bytes.size(); done += part) {
      const uint64_t at = range.offset_bytes + done;
      part = std::min(bytes.size() - done, page_bytes - at % page_bytes);
      const uint64_t block = map.find(at / page_bytes);
      if (block == 0) return false;
      const std::byte* seen = region.value()->address_of(block) + at % page_bytes;
      if (std::memcmp(seen, &bytes[done], part) != 0) return false;
    }
    return true;
  };
  const uint64_t size = inodes.size_bytes(number);
  if (!is_there(first, 1)) return CrashFinding{Promise::durability, "the first bytes are gone"};
  if (size == first.end() && !is_over) return std::nullopt;
  if (size != deep.end()) {
    return CrashFinding{Promise::durability, "size " + std::to_string(size)};
  }
  if (is_there(deep, 2)) return std::nullopt;
  return CrashFinding{Promise::size, "the size covers what is not all there"};
}

}  // namespace

std::vector<Subject> behind_end_subjects() {
  std::vector<Subject> subjects;
  for (const char* write : {"partial", "atomic"}) {
    for (const Op& grow : {Op{.kind = OpKind::truncate, .offset_bytes = 2 * page_bytes},
                           Op{.kind = OpKind::truncate, .offset_bytes = 90},
                           Op{.kind = OpKind::preallocate, .length_bytes = page_bytes},
                           write_op(1000, 1000, 5), write_op(page_bytes + 8, 8, 5)}) {
      subjects.push_back(behind_end_subject(write, grow));
    }
  }
  return subjects;
}

// 513 pages, in part data and in part a hole, in two leaves of the map, and the size: 514 words.
Subject long_record_subject() {
  constexpr uint64_t mib = uint64_t{1} << 20;
  HandMade history("atomic", 6 * mib);
  history.run({.kind = OpKind::create});
  history.run(write_op(300 * page_bytes, 260 * page_bytes, 3));
  history.run({.kind = OpKind::truncate, .offset_bytes = 700 * page_bytes});
  history.run(write_op(300 * page_bytes + 100, max_atomic_write_bytes, 5));
  return history.finish("a write of 2 MiB at once",
                        {.atomic_writes = true, .subsets = subject_subsets, .cut_recoveries = 4});
}

// The second write ends the map's two levels and begins the third.
Subject deep_write_subject(const std::string& write) {
  constexpr ByteRange first{0, 100};
  constexpr ByteRange deep{map_fanout * map_fanout * page_bytes - 2 * page_bytes + 100,
                           5 * page_bytes};
  PersistRecorder recorder;
  auto lab = make_lab({.engine = EngineKind::simulator,
                       .write = write,
                       .region_bytes = 128 * block_bytes,
                       .observer = &recorder});
  auto file = lab->files().create("deep").take();
  EXPECT_TRUE(file->write(0, written_bytes(1, first.length_bytes)).ok());
  const std::span<std::byte> region = lab->region_bytes();
  const std::vector<std::byte> before(region.begin(), region.end());
  recorder.start(region);
  const auto written = file->write(deep.offset_bytes, written_bytes(2, deep.length_bytes));
  EXPECT_TRUE(written.ok() && written.value() == deep.length_bytes);
  const ImageJudge judge = [=](std::span<std::byte> image, bool is_over) {
    return judge_deep_write(image, first, deep, is_over);
  };
  return {write + ", a write far out", recorder.stop(), [=](const PersistTrace& changed) {
            return check_procedure(before, changed, judge, subject_subsets, 1);
          }};
}

}  // namespace daxlab
