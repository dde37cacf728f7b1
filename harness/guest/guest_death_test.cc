// One life of a guest that will be killed, as harness/guest/deaths tells it: what the one before
// has left is judged, and histories run until the guest is gone. DAXLAB_DEATH is the number of this
// life, from 1 on: from it come the strategies, and where the region is.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "core/base/owned_descriptor.h"
#include "core/base/sizes.h"
#include "core/region/region_file.h"
#include "harness/crash/interrupted_history.h"
#include "harness/end_to_end/daxlab_process.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

constexpr uint64_t region_bytes = 4 * MiB;  // space for any history
constexpr const char* notes_path = "/mnt/xfs-dax/guest_death.notes";

// Of the life that is going on, in persistent memory: stores are there at once.
struct Notes {
  HistoryProgress progress;
  uint64_t death;  // 0: none yet
  uint64_t used_when_empty_blocks;
};

struct Place {
  const char* path;
  MediumKind medium;
};
constexpr Place places[] = {{"/mnt/ext4-dax/guest_death.region", MediumKind::fsdax},
                            {"/mnt/xfs-dax/guest_death.region", MediumKind::fsdax},
                            {"/dev/dax0.0", MediumKind::devdax}};

const Place& place_of(uint64_t death) { return places[death % std::size(places)]; }

std::string write_of(uint64_t death) {
  const std::vector<std::string> writes = write_variants();
  return writes[death / std::size(places) % writes.size()];
}

std::unique_ptr<Lab> lab_of(uint64_t death, CreateRegion create) {
  const std::vector<std::string> faults = fault_variants();
  static CallLog calls;
  LabSpec spec = spec_of({.engine = EngineKind::mmu,
                          .fault = faults[death % faults.size()],
                          .write = write_of(death),
                          .region_bytes = region_bytes,
                          .region_path = place_of(death).path,
                          .create = create});
  spec.medium = place_of(death).medium;
  auto lab = Lab::assemble(spec, calls);
  EXPECT_TRUE(lab.ok()) << lab.error().message;
  return lab.ok() ? lab.take() : nullptr;
}

class GuestDeath : public testing::Test {
 protected:
  void SetUp() override {
    const char* number = getenv("DAXLAB_DEATH");
    ASSERT_NE(number, nullptr) << "run by harness/guest/deaths";
    death_ = std::stoull(number);
    const OwnedDescriptor file(open(notes_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_GE(file.number(), 0) << notes_path;
    ASSERT_EQ(posix_fallocate(file.number(), 0, static_cast<off_t>(page_bytes)), 0);
    ASSERT_EQ(fsync(file.number()), 0);
    void* memory = mmap(nullptr, page_bytes, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE | MAP_SYNC,
                        file.number(), 0);
    ASSERT_NE(memory, MAP_FAILED) << notes_path << " is not on DAX";
    notes_ = static_cast<Notes*>(memory);
  }

  uint64_t death_ = 0;
  Notes* notes_ = nullptr;  // mapped until the end of the program
};

TEST_F(GuestDeath, LeavesARegionWithEverythingThatWasStored) {
  const uint64_t before = notes_->death;
  if (before == 0) GTEST_SKIP() << "nobody has died yet";
  SCOPED_TRACE("death " + std::to_string(before) + ", " + notes_->progress.where());
  std::printf("death %lu: %s, %s, %s\n", before, place_of(before).path, write_of(before).c_str(),
              notes_->progress.where().c_str());
  {
    Counters counters;
    auto region = open_region_file(
        {.path = place_of(before).path, .medium = place_of(before).medium}, counters);
    ASSERT_TRUE(region.ok()) << region.error().message;
    EXPECT_THAT(problems_left(*region.value(), notes_->progress, write_of(before) == "atomic"),
                testing::IsEmpty());
  }
  for (const char* verb : {"info", "fsck"}) {
    const ProcessOutcome outcome = run_daxlab({"region", verb, place_of(before).path});
    EXPECT_EQ(outcome.exit_status, 0) << verb << ": " << outcome.out << outcome.error;
  }
  // By the real opening; and nothing stays behind that would be missing later.
  const std::unique_ptr<Lab> lab = lab_of(before, CreateRegion::never);
  ASSERT_NE(lab, nullptr);
  const auto left = lab->file_names();
  ASSERT_TRUE(left.ok()) << left.error().message;
  for (const std::string& name : left.value()) EXPECT_TRUE(lab->files().unlink(name).ok()) << name;
  const SpaceUse use = lab->files().space_use();
  EXPECT_EQ(use.used_blocks, notes_->used_when_empty_blocks);
  EXPECT_EQ(use.used_blocks + use.free_blocks, use.total_blocks);
}

// Does not end. What it prints first tells that it may be killed from now on.
TEST_F(GuestDeath, Lives) {
  const std::unique_ptr<Lab> lab = lab_of(death_, CreateRegion::if_missing);
  ASSERT_NE(lab, nullptr);
  notes_->used_when_empty_blocks = lab->files().space_use().used_blocks;
  notes_->death = 0;
  const uint64_t warm = death_ * 1000;  // the first faults are slow
  for (uint64_t seed = warm;; ++seed) {
    const auto problem = run_interrupted_history(lab->files(), seed, notes_->progress);
    ASSERT_EQ(problem, std::nullopt) << *problem;
    if (seed != warm) continue;
    notes_->death = death_;
    std::printf("lives\n");
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace daxlab
