#include "harness/crash/interrupted_history.h"

#include <fmt/format.h>

#include "core/recovery/recovery.h"
#include "core/recovery/region_check.h"
#include "core/region/block_map.h"
#include "core/region/inode_table.h"
#include "harness/crash/crash_judge.h"
#include "harness/histories/model.h"
#include "harness/histories/random_history.h"
#include "harness/histories/replay.h"

namespace daxlab {
namespace {

// The first word of a file that is not the model's.
std::optional<std::string> difference(Region& region, uint32_t file, const ModelFile& expected) {
  const InodeTable inodes(region);
  const std::string name = file_name(file);
  const auto number = inodes.find(name);
  if (!number.ok()) return name + " is not there";
  const uint64_t size_bytes = inodes.size_bytes(number.value());
  if (size_bytes != expected.size_bytes()) {
    return fmt::format("{} has {} bytes, expected {}", name, size_bytes, expected.size_bytes());
  }
  const BlockMap map(region, inodes.inode(number.value()));
  for (uint64_t at = 0; at < size_bytes; at += sizeof(uint64_t)) {
    const uint64_t block = map.find(at / page_bytes);
    uint64_t word = block == 0 ? 0 : region.words_of(block)[at % page_bytes / sizeof word];
    const uint64_t left_bytes = size_bytes - at;
    if (left_bytes < sizeof word) word &= (uint64_t{1} << (8 * left_bytes)) - 1;
    if (word != expected.word(at)) {
      return fmt::format("{} offset {}: {:#x}, expected {:#x}", name, at, word, expected.word(at));
    }
  }
  return std::nullopt;
}

// Files must be the model's to the byte, but for what the operation in flight changes: that is the
// judge's matter.
void compare_all(Region& region, const Model& before, const Model& after,
                 std::vector<std::string>& problems) {
  for (uint32_t file = 0; file < history_files; ++file) {
    const ModelFile* was = before.has_name(file) ? before.file(file).get() : nullptr;
    const ModelFile* is = after.has_name(file) ? after.file(file).get() : nullptr;
    if (was == nullptr || is == nullptr || was->bytes() != is->bytes()) continue;
    if (auto problem = difference(region, file, *is)) problems.push_back(*problem);
  }
}

}  // namespace

std::string HistoryProgress::where() const {
  if (step == 0) return "before the first operation";
  const uint64_t op = (step - 1) / 2;
  return fmt::format("history of seed {}, {} op {} {}", seed.load(), in_flight() ? "in" : "after",
                     op, to_text(interrupted_history(seed).ops[op]));
}

History interrupted_history(uint64_t seed) {
  History history = random_history(seed);
  for (uint32_t file = 0; file < history_files; ++file) {
    history.ops.push_back({.kind = OpKind::unlink, .file = file});
  }
  return history;
}

std::optional<std::string> run_interrupted_history(FileSystem& files, uint64_t seed,
                                                   HistoryProgress& progress) {
  const History history = interrupted_history(seed);
  Model model;
  Replay replay(files);
  progress.step = 0;
  progress.seed = seed;
  for (uint64_t i = 0; i < history.ops.size(); ++i) {
    const Op& op = history.ops[i];
    progress.step = 2 * i + 1;
    const Outcome seen = replay.apply(op);
    progress.step = 2 * i + 2;
    const Outcome expected = model.apply(op);
    if ((seen.code == ErrorCode::ok) != (expected.code == ErrorCode::ok)) {
      return fmt::format("history of seed {}, op {}: {}", seed, i, describe(seen.code));
    }
  }
  return std::nullopt;
}

std::vector<std::string> problems_left(Region& region, const HistoryProgress& progress,
                                       bool atomic_writes) {
  const History history = interrupted_history(progress.seed);
  const uint64_t step = progress.step;
  CrashJudge judge(atomic_writes);
  Model before, after;
  for (uint64_t i = 0; 2 * i < step; ++i) {
    const bool ended = 2 * i + 1 < step;
    const Outcome outcome = after.apply(history.ops[i]);
    if (ended) before.apply(history.ops[i]);
    if (outcome.code != ErrorCode::ok) continue;
    judge.op_begins(history.ops[i]);
    if (ended) judge.op_ends();
  }

  const auto recovery = recover(region);
  if (!recovery.ok()) return {recovery.error().message};
  std::vector<std::string> problems;
  const RegionContents contents = check_region(region, [&](const Problem& problem) {
    problems.push_back(problem.where + ": " + problem.what);
  });
  if (contents.blocks_past_end != 0) {
    problems.push_back(fmt::format("{} blocks past ends of files", contents.blocks_past_end));
  }
  if (const auto finding = judge.judge(region, recovery.value())) {
    problems.push_back(fmt::format("{}: {}", name_of(finding->promise), finding->text));
  }
  compare_all(region, before, after, problems);
  return problems;
}

}  // namespace daxlab
