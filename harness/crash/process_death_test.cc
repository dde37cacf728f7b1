// kill -9 at random moments of histories on a region in a file: the region opens, nothing is wrong
// with it, and all that was stored is there. This alone proves little: a process dies, but the
// kernel keeps every store that it made, flushed or not, in the page cache. What a power failure
// would do is the matter of crashes_test.cc. Here the real opening, file and lock meet a real
// death, on both engines.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <memory>
#include <new>
#include <string>
#include <tuple>

#include "core/base/owned_descriptor.h"
#include "core/base/sizes.h"
#include "core/recovery/recovery.h"
#include "core/recovery/region_check.h"
#include "core/region/block_map.h"
#include "core/region/region_file.h"
#include "harness/crash/crash_judge.h"
#include "harness/histories/random.h"
#include "harness/histories/random_history.h"
#include "harness/histories/replay.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

// Of each write strategy on each engine.
const uint64_t deaths = rounds_by_each(120, 2 * write_variants().size());
constexpr uint64_t killed_region_bytes = 4 * MiB;  // space for any history
constexpr uint64_t longest_life_us = 10000;        // some five histories

// Where the child is, told before and after each operation.
struct Progress {
  std::atomic<uint64_t> seed;
  std::atomic<uint64_t> step;  // twice the operation's number; plus 1 while it is in flight
};

// At the end the names go, so that the next history meets none.
History history_of(uint64_t seed) {
  History history = random_history(seed);
  for (uint32_t file = 0; file < history_files; ++file) {
    history.ops.push_back({.kind = OpKind::unlink, .file = file});
  }
  return history;
}

void run_history(FileSystem& files, uint64_t seed, Progress& progress) {
  const History history = history_of(seed);
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
    if ((seen.code == ErrorCode::ok) == (expected.code == ErrorCode::ok)) continue;
    std::fprintf(stderr, "history of seed %lu, op %lu: %s\n", seed, i, describe(seen.code));
    _exit(3);
  }
}

// In the child: histories one after the other until it is killed.
[[noreturn]] void live(const NamedLab& names, uint64_t seed, Progress& progress, int ready) {
  std::unique_ptr<Lab> lab = make_lab(names);
  run_history(lab->files(), seed, progress);  // warm: the first faults are slow
  if (write(ready, "", 1) != 1) _exit(4);
  for (;;) run_history(lab->files(), ++seed, progress);
}

// Files must be the model's to the byte, but for what the operation in flight changes: that is the
// judge's matter.
void expect_all_there(Region& region, const Model& before, const Model& after) {
  const InodeTable inodes(region);
  for (uint32_t file = 0; file < history_files; ++file) {
    const ModelFile* was = before.has_name(file) ? before.file(file).get() : nullptr;
    const ModelFile* is = after.has_name(file) ? after.file(file).get() : nullptr;
    if (was == nullptr || is == nullptr || was->bytes() != is->bytes()) continue;
    const auto number = inodes.find(file_name(file));
    ASSERT_TRUE(number.ok()) << file_name(file);
    ASSERT_EQ(inodes.size_bytes(number.value()), is->size_bytes()) << file_name(file);
    const BlockMap map(region, inodes.inode(number.value()));
    for (uint64_t at = 0; at < is->size_bytes(); at += sizeof(uint64_t)) {
      const uint64_t block = map.find(at / page_bytes);
      uint64_t word = block == 0 ? 0 : region.words_of(block)[at % page_bytes / sizeof word];
      const uint64_t left_bytes = is->size_bytes() - at;
      if (left_bytes < sizeof word) word &= (uint64_t{1} << (8 * left_bytes)) - 1;
      ASSERT_EQ(word, is->word(at)) << file_name(file) << " offset " << at;
    }
  }
}

class ProcessDeath : public testing::TestWithParam<std::tuple<EngineKind, std::string>> {
 protected:
  ProcessDeath() {
    path_ = std::filesystem::path(testing::TempDir()) /
            ("process_death." + std::to_string(getpid()) + ".region");
    std::filesystem::remove(path_);
    void* shared =
        mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) throw std::bad_alloc();
    progress_ = new (shared) Progress{};
  }
  ~ProcessDeath() override {
    munmap(progress_, sizeof(Progress));
    std::filesystem::remove(path_);
  }

  NamedLab names(uint64_t seed, CreateRegion create) const {
    const std::vector<std::string> faults = fault_variants();
    return {.engine = std::get<0>(GetParam()),
            .fault = faults[seed % faults.size()],
            .write = std::get<1>(GetParam()),
            .region_bytes = killed_region_bytes,
            .region_path = path_,
            .create = create};
  }

  void die_once(uint64_t seed);
  void look_at_what_is_left();
  void use_again(uint64_t seed);

  std::filesystem::path path_;
  Progress* progress_ = nullptr;
  uint64_t used_when_empty_ = 0;
  uint64_t in_flight_ = 0;  // deaths in the middle of an operation
};

// A child that lives for a random time: here a delay is the purpose. It has what forking leaves it,
// one thread, and no way back into the test.
void ProcessDeath::die_once(uint64_t seed) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  OwnedDescriptor ready(ends[0]);
  OwnedDescriptor ready_in_child(ends[1]);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    live(names(seed, CreateRegion::never), seed * 1000, *progress_, ready_in_child.number());
  }
  ready_in_child = OwnedDescriptor();
  char byte = 0;
  const ssize_t told = read(ready.number(), &byte, 1);
  usleep(static_cast<useconds_t>(mix_bits(seed) % longest_life_us));
  kill(child, SIGKILL);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(told, 1) << "the child ended before it began";
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "status " << status;
}

void ProcessDeath::look_at_what_is_left() {
  const History history = history_of(progress_->seed);
  const uint64_t step = progress_->step;
  CrashJudge judge(std::get<1>(GetParam()) == "atomic");
  Model before, after;
  for (uint64_t i = 0; 2 * i < step; ++i) {
    const bool ended = 2 * i + 1 < step;
    const Outcome outcome = after.apply(history.ops[i]);
    if (ended) before.apply(history.ops[i]);
    if (outcome.code != ErrorCode::ok) continue;
    judge.op_begins(history.ops[i]);
    if (ended) judge.op_ends();
  }
  in_flight_ += step % 2;
  SCOPED_TRACE(step == 0
                   ? std::string("before the first operation")
                   : (step % 2 == 0 ? "after op " : "in op ") + std::to_string((step - 1) / 2) +
                         " " + to_text(history.ops[(step - 1) / 2]));

  Counters counters;
  auto region = open_region_file({.path = path_}, counters);
  ASSERT_TRUE(region.ok()) << region.error().message;
  auto recovery = recover(*region.value());
  ASSERT_TRUE(recovery.ok()) << recovery.error().message;
  const RegionContents contents = check_region(*region.value(), [](const Problem& problem) {
    ADD_FAILURE() << problem.where << ": " << problem.what;
  });
  EXPECT_EQ(contents.blocks_past_end, 0u);
  const auto finding = judge.judge(*region.value(), recovery.value());
  EXPECT_EQ(finding, std::nullopt) << name_of(finding->promise) << ": " << finding->text;
  expect_all_there(*region.value(), before, after);
}

// By the real opening; and nothing stays behind that would be missing later.
void ProcessDeath::use_again(uint64_t seed) {
  std::unique_ptr<Lab> lab = make_lab(names(seed, CreateRegion::never));
  auto left = lab->file_names();
  ASSERT_TRUE(left.ok()) << left.error().message;
  for (const std::string& name : left.value()) ASSERT_TRUE(lab->files().unlink(name).ok()) << name;
  const SpaceUse use = lab->files().space_use();
  EXPECT_EQ(use.used_blocks, used_when_empty_);
  EXPECT_EQ(use.used_blocks + use.free_blocks, use.total_blocks);
}

TEST_P(ProcessDeath, LeavesARegionWithEverythingThatWasStored) {
  used_when_empty_ = make_lab(names(0, CreateRegion::always))->files().space_use().used_blocks;
  for (uint64_t death = 0; death < deaths; ++death) {
    const uint64_t seed = first_seed() * deaths + death;
    SCOPED_TRACE("death " + std::to_string(seed) + ", history of seed " +
                 std::to_string(progress_->seed));
    ASSERT_NO_FATAL_FAILURE(die_once(seed));
    ASSERT_NO_FATAL_FAILURE(look_at_what_is_left());
    ASSERT_NO_FATAL_FAILURE(use_again(seed));
    if (HasFailure()) break;
  }
  EXPECT_GT(in_flight_, 0u) << "all died between operations: that is no test";
  RecordProperty("in_flight", static_cast<int>(in_flight_));
}

INSTANTIATE_TEST_SUITE_P(Labs, ProcessDeath,
                         testing::Combine(testing::Values(EngineKind::mmu, EngineKind::simulator),
                                          testing::ValuesIn(write_variants())),
                         [](const auto& test) {
                           const bool mmu = std::get<0>(test.param) == EngineKind::mmu;
                           return (mmu ? "mmu_" : "simulator_") + std::get<1>(test.param);
                         });

}  // namespace
}  // namespace daxlab
