#include "harness/crash/subjects_test.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <utility>

#include "core/engine/simulator/simulated_address_space.h"
#include "core/lab/bare_lab.h"
#include "core/recovery/damaged_image.h"
#include "harness/crash/check_crashes.h"
#include "harness/crash/check_procedure.h"
#include "harness/crash/crash_image.h"
#include "harness/crash/crash_runs_test.h"

namespace daxlab {
namespace {

constexpr uint64_t image_blocks = 64;

Subject subject_of(std::string name, RecordedHistory history, const CrashPlan& plan) {
  PersistTrace trace = history.trace;
  auto shared = std::make_shared<RecordedHistory>(std::move(history));
  return {std::move(name), std::move(trace),
          [=](const PersistTrace& changed) { return check_crashes(*shared, changed, plan); }};
}

// Does something to the region in `image`, and records it.
Subject subject_of(std::string name, ImageMemory& image,
                   const std::function<void(std::span<std::byte>, PersistRecorder&)>& procedure,
                   ImageJudge judge) {
  const std::vector<std::byte> before(image.bytes().begin(), image.bytes().end());
  PersistRecorder recorder;
  recorder.start(image.bytes());
  procedure(image.bytes(), recorder);
  return {std::move(name), recorder.stop(), [=](const PersistTrace& changed) {
            return check_procedure(before, changed, judge, subject_subsets, 1);
          }};
}

CrashFinding broken(std::string text, Promise promise = Promise::opening) {
  return {promise, std::move(text)};
}

// Inodes 0 to 2 have pages, the others none.
void add_files(ImageBuilder& builder) {
  const uint32_t a = builder.add_file("data-a", 6 * page_bytes);
  const uint32_t b = builder.add_file("data-b", 3 * page_bytes + 1);
  const uint32_t c = builder.add_file("data-c", 3 * page_bytes);
  builder.add_file("data-d", 100);
  builder.add_file("data-e", 200);
  for (uint64_t pgoff : {0u, 1u, 5u}) builder.add_page(a, pgoff);
  for (uint64_t pgoff : {2u, 3u}) builder.add_page(b, pgoff);
  for (uint64_t pgoff : {0u, 1u, 2u}) builder.add_page(c, pgoff);
}

using Damage = std::function<void(ImageBuilder&)>;

using Contents = std::map<std::string, FileContents>;

// By name, without the blocks in which it lies.
Contents contents_of(Region& region) {
  Contents files = files_in(region);
  for (auto& [name, file] : files) file.blocks.clear();
  return files;
}

}  // namespace

std::vector<Subject> history_subjects(uint64_t count) {
  std::vector<Subject> subjects;
  for (const std::string& write : write_variants()) {
    for (uint64_t seed = 1; seed <= count; ++seed) {
      const uint64_t bytes = seed % 4 == 1 ? tight_bytes : roomy_bytes;
      subjects.push_back(subject_of(write + " history " + std::to_string(seed),
                                    record_seed(seed, write, bytes),
                                    {.atomic_writes = write == "atomic", .exhaustive_images = 64}));
    }
  }
  return subjects;
}

// The write has reserved and filled a block, out of sight, when a store through a view gives the
// page another one; so it is marked to begin after the store.
Subject merging_subject() {
  BareLab lab;
  SimulatedAddressSpace addresses(*lab.region);
  std::unique_ptr<DaxFileSystem> files = lab.files_on(addresses);
  PersistRecorder recorder;
  lab.region->persist().observe(&recorder);
  RecordedHistory history;
  history.before.assign(lab.region->medium().bytes().begin(), lab.region->medium().bytes().end());
  history.ops = {
      {.op = {.kind = OpKind::create}},
      {.op = {.kind = OpKind::truncate, .offset_bytes = page_bytes}},
      {.op = {.kind = OpKind::map, .length_bytes = page_bytes}},
      {.op = {.kind = OpKind::store, .offset_bytes = 8, .value = 11}},
      {.op = {.kind = OpKind::write, .offset_bytes = 16, .length_bytes = 8, .value = 5}}};
  recorder.start(lab.region->medium().bytes());
  recorder.op_begins(0);
  std::unique_ptr<File> file = files->create(file_name(0)).take();
  recorder.op_ends(0);
  recorder.op_begins(1);
  EXPECT_TRUE(file->truncate(page_bytes).ok());
  recorder.op_ends(1);
  recorder.op_begins(2);
  std::unique_ptr<View> view = file->map({0, 1}).take();
  recorder.op_ends(2);
  lab.writing.script = [&](ByteRange range, WriteOps& ops) -> Result<uint64_t> {
    EXPECT_EQ(ops.reserve(range, Staging::in_place), range.length_bytes);
    EXPECT_TRUE(ops.copy(range).ok());
    recorder.op_begins(3);
    view->store(8, 11);
    recorder.op_ends(3);
    recorder.op_begins(4);
    EXPECT_TRUE(ops.publish(range).ok());
    return range.length_bytes;
  };
  EXPECT_TRUE(file->write(16, written_bytes(5, 8)).ok());
  recorder.op_ends(4);
  history.trace = recorder.stop();
  return subject_of("merging write", std::move(history), {.subsets = subject_subsets});
}

// Over a region with files. Cut short: the old region as it was, none, or the new one.
Subject format_subject() {
  ImageBuilder builder(image_blocks);
  add_files(builder);
  ImageMemory image(image_blocks);
  image.copy_from(builder.memory());
  const Contents old_contents = contents_of(builder.region());
  const std::string old_uuid = uuid_text(builder.region().superblock());
  auto counters = std::make_shared<Counters>();
  return subject_of(
      "format", image,
      [&](std::span<std::byte> bytes, PersistRecorder& recorder) {
        EXPECT_TRUE(Region::format(Medium::over(bytes), *counters, &recorder).ok());
      },
      [=](std::span<std::byte> left, bool is_over) -> std::optional<CrashFinding> {
        auto region = Region::attach(Medium::over(left), *counters);
        if (!region.ok()) {
          if (!is_over && !region.error().message.empty()) return std::nullopt;
          return broken("formatted, but: " + region.error().message);
        }
        const bool is_old = uuid_text(region.value()->superblock()) == old_uuid;
        auto recovery = recover(*region.value());
        if (!recovery.ok()) return broken(recovery.error().message);
        if (is_over && (is_old || recovery.value().superblock_mended)) {
          return broken("the new region is not durable", Promise::durability);
        }
        if (contents_of(*region.value()) == (is_old ? old_contents : Contents()))
          return std::nullopt;
        return broken(is_old ? "the old region without its files" : "the new region has files");
      });
}

bool did_something(const Recovery& recovery) {
  return recovery.superblock_mended || recovery.log_replayed || recovery.freed_past_end_blocks > 0;
}

Subject recovery_subject(const std::string& what, const Damage& damage) {
  ImageBuilder builder(image_blocks);
  add_files(builder);
  damage(builder);
  ImageMemory image(image_blocks);
  image.copy_from(builder.memory());
  auto counters = std::make_shared<Counters>();
  auto expected = std::make_shared<Contents>();
  return subject_of(
      "recovery of " + what, image,
      [&](std::span<std::byte> bytes, PersistRecorder& recorder) {
        auto region = Region::attach(Medium::over(bytes), *counters).take();
        region->persist().observe(&recorder);
        EXPECT_TRUE(did_something(recover(*region).value()));
        *expected = contents_of(*region);
      },
      [=](std::span<std::byte> left, bool is_over) -> std::optional<CrashFinding> {
        auto region = Region::attach(Medium::over(left), *counters);
        if (!region.ok()) return broken(region.error().message);
        auto recovery = recover(*region.value());
        if (!recovery.ok()) return broken(recovery.error().message);
        if (is_over && did_something(recovery.value())) {
          return broken("what recovery mended is not durable", Promise::durability);
        }
        if (contents_of(*region.value()) == *expected) return std::nullopt;
        return broken("the files have changed", Promise::durability);
      });
}

// As power failing between the second fence and the third leaves it: the record counts, and none of
// its changes is made.
void commit_no_more(ImageBuilder& builder) {
  const std::span<std::byte> bytes = builder.region().medium().bytes();
  CrashImages images(bytes);
  PersistRecorder recorder;
  recorder.start(bytes);
  builder.region().persist().observe(&recorder);
  const std::array changes{builder.inodes().size_change(3, 150),
                           builder.inodes().size_change(4, 250)};
  EXPECT_TRUE(RedoLog(builder.region()).commit(changes).ok());
  builder.region().persist().observe(nullptr);
  const PersistTrace trace = recorder.stop();
  uint64_t fences = 0;
  for (const PersistEvent& event : trace.events) {
    images.apply(trace, event);
    if (event.kind == EventKind::fence && ++fences == 2) break;
  }
  images.drop_open_lines();
  std::ranges::copy(images.image(), bytes.begin());
}

std::vector<Subject> recovery_subjects() {
  auto damage_superblock = [](uint64_t block) {
    return [=](ImageBuilder& builder) { builder.region().superblock_at(block).checksum ^= 1; };
  };
  return {recovery_subject("the superblock", damage_superblock(0)),
          recovery_subject("the superblock's copy", damage_superblock(image_blocks - 1)),
          recovery_subject("the log", commit_no_more),
          recovery_subject("the ends of files", [](ImageBuilder& builder) {
            builder.inodes().set_size(0, page_bytes);
            builder.inodes().set_size(1, page_bytes);  // its blocks all go
            builder.inodes().set_size(2, 0);
          })};
}

// Repair cut short can be done again, and comes to the same.
Subject repair_subject(const std::string& what, const std::vector<Damage>& damages) {
  ImageBuilder builder(image_blocks);
  add_files(builder);
  for (const Damage& damage : damages) damage(builder);
  ImageMemory image(image_blocks);
  image.copy_from(builder.memory());
  auto counters = std::make_shared<Counters>();
  auto expected = std::make_shared<Contents>();
  return subject_of(
      "repair of " + what, image,
      [&](std::span<std::byte> bytes, PersistRecorder& recorder) {
        auto region = Region::attach(Medium::over(bytes), *counters).take();
        region->persist().observe(&recorder);
        EXPECT_EQ(repair_region(*region, [](const Problem&) {}).left, 0u);
        *expected = contents_of(*region);
      },
      [=](std::span<std::byte> left, bool is_over) -> std::optional<CrashFinding> {
        auto region = Region::attach(Medium::over(left), *counters);
        if (!region.ok()) return broken(region.error().message);
        const RepairResult again = repair_region(*region.value(), [](const Problem&) {});
        if (again.left > 0) return broken("cannot be repaired any more");
        if (is_over && again.problems > 0)
          return broken("what repair mended is not durable", Promise::durability);
        auto recovery = recover(*region.value());
        if (!recovery.ok()) return broken(recovery.error().message);
        if (contents_of(*region.value()) == *expected) return std::nullopt;
        return broken("repair cut short comes to other files", Promise::durability);
      });
}

std::vector<Subject> repair_subjects() {
  const std::vector<std::pair<std::string, Damage>> damages = {
      {"a size", [](ImageBuilder& image) { image.inode(0).size_bytes ^= uint64_t{1} << 60; }},
      {"an entry", [](ImageBuilder& image) { image.entry(2, 1) = 0x1234567; }},
      {"a block in two files", [](ImageBuilder& image) { image.entry(2, 2) = image.entry(1, 2); }},
      {"a name", [](ImageBuilder& image) { image.inode(3).name[0] = 'x'; }},
      {"an impossible name", [](ImageBuilder& image) { std::memset(image.inode(4).name, '/', 6); }},
      {"the log", [](ImageBuilder& image) { image.region().log().commit = 77; }},
      {"a superblock",
       [](ImageBuilder& image) { image.region().superblock_at(image_blocks - 1).magic = 0; }},
  };
  std::vector<Subject> subjects;
  std::vector<Damage> all;
  for (const auto& [what, damage] : damages) {
    subjects.push_back(repair_subject(what, {damage}));
    all.push_back(damage);
  }
  subjects.push_back(repair_subject("all of these", all));
  return subjects;
}

std::vector<Subject> all_subjects(uint64_t histories) {
  std::vector<Subject> subjects = history_subjects(histories);
  subjects.push_back(merging_subject());
  subjects.push_back(format_subject());
  for (auto& more : {recovery_subjects(), repair_subjects(), behind_end_subjects()}) {
    subjects.insert(subjects.end(), more.begin(), more.end());
  }
  subjects.push_back(deep_write_subject("partial"));
  subjects.push_back(deep_write_subject("atomic"));
  subjects.push_back(long_record_subject());
  return subjects;
}

}  // namespace daxlab
