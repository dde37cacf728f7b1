// Stores through mappings beside writes that replace the blocks under them, on the mmu engine: with
// the rule that mappings are taken out before a block is copied, none is lost; without it, many.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/engine/mmu/mmu_address_space.h"
#include "core/lab/bare_lab.h"

namespace daxlab {
namespace {

enum class Rule {
  kept,
  broken,  // mappings are taken out when the new block is there already
};

// Puts removals off until they are asked for.
class LateToRemove final : public PassingAddressSpace {
 public:
  LateToRemove(AddressSpace& real, Rule rule) : PassingAddressSpace(real), rule_(rule) {}
  Status remove(Mapping& mapping, PageRange run) noexcept override {
    if (rule_ == Rule::kept) return PassingAddressSpace::remove(mapping, run);
    late_.emplace_back(&mapping, run);
    return {};
  }
  void remove_now() {
    for (auto [mapping, run] : late_) EXPECT_TRUE(PassingAddressSpace::remove(*mapping, run).ok());
    late_.clear();
  }

 private:
  const Rule rule_;
  std::vector<std::pair<Mapping*, PageRange>> late_;  // of the one thread that writes
};

constexpr uint64_t file_pages = 4;
constexpr uint64_t writes = 500;

// Each write covers the end of one page and the start of the next; stores go to words between.
constexpr ByteRange written(uint64_t page) {
  return {page * page_bytes + 3000, page_bytes - 3000 + 1000};
}
constexpr uint64_t word_of(uint64_t thread, uint64_t page) {
  return page * page_bytes + 2048 + 8 * thread;
}

// A thread that stores numbers that go up through a mapping of its own, and counts those that are
// not there when it looks again.
class Storer {
 public:
  Storer(std::unique_ptr<View> view, uint64_t number)
      : view_(std::move(view)), number_(number), thread_([this] { run(); }) {}

  // Returns when it has stored to every page since.
  void wait_for_stores() const {
    uint64_t enough = rounds_.load() + 2 * file_pages;
    while (rounds_.load() < enough) std::this_thread::yield();
  }
  // Stores that were lost, up to what read() sees at the end.
  uint64_t stop(File& file) {
    stop_.store(true);
    thread_.join();
    for (uint64_t page = 0; page < file_pages; ++page) {
      if (read_word(file, word_of(number_, page)) != last_[page]) ++lost_;
    }
    return lost_;
  }

 private:
  void run() {
    for (uint64_t round = 1; !stop_.load(); ++round) {
      uint64_t page = round % file_pages;
      if (view_->load(word_of(number_, page)) != last_[page]) ++lost_;
      last_[page] = round;
      view_->store(word_of(number_, page), round);
      rounds_.store(round);
      if (page == 0) std::this_thread::yield();  // the writer may have no processor of its own
    }
  }

  std::unique_ptr<View> view_;
  const uint64_t number_;
  std::array<uint64_t, file_pages> last_{};
  uint64_t lost_ = 0;
  std::atomic<uint64_t> rounds_{0};
  std::atomic<bool> stop_{false};
  std::jthread thread_;
};

Result<uint64_t> copy_on_write(ByteRange range, WriteOps& ops) {
  if (ops.reserve(range, Staging::copy_on_write) < range.length_bytes) return ErrorCode::no_space;
  if (Status status = ops.copy(range); !status.ok()) return status;
  if (Status status = ops.publish_at_once(range); !status.ok()) return status;
  return range.length_bytes;
}

// Stores that are lost, of two threads, during 500 writes.
uint64_t lost_stores(Rule rule) {
  BareLab lab;
  lab.writing.script = copy_on_write;
  auto engine = MmuAddressSpace::create(*lab.region, lab.zero_pages, lab.counters, 65530).take();
  LateToRemove addresses(*engine, rule);
  auto files = lab.files_on(addresses);
  auto file = files->create("file").take();
  EXPECT_TRUE(file->preallocate({0, file_pages * page_bytes}).ok());

  std::vector<std::unique_ptr<Storer>> storers;
  for (uint64_t i = 0; i < 2; ++i) {
    storers.push_back(std::make_unique<Storer>(file->map({0, file_pages}).take(), i));
  }
  std::vector<std::byte> data(page_bytes);
  for (uint64_t i = 0; i < writes; ++i) {
    for (auto& storer : storers) storer->wait_for_stores();
    ByteRange range = written(i % (file_pages - 1));
    std::fill(data.begin(), data.end(), static_cast<std::byte>(i));
    EXPECT_TRUE(file->write(range.offset_bytes, std::span(data).first(range.length_bytes)).ok());
    if (rule == Rule::kept) continue;
    for (auto& storer : storers) storer->wait_for_stores();
    addresses.remove_now();
  }
  uint64_t lost = 0;
  for (auto& storer : storers) lost += storer->stop(*file);
  storers.clear();
  EXPECT_EQ(lab.failures.message(), std::nullopt);
  SpaceUse use = files->space_use();
  EXPECT_EQ(use.used_blocks + use.free_blocks, use.total_blocks);
  return lost;
}

TEST(CopyOnWrite, NoStoreBesideItIsLost) { EXPECT_EQ(lost_stores(Rule::kept), 0u); }

// The judge of the test above is no judge unless it notices this.
TEST(CopyOnWrite, StoresAreLostWhenMappingsAreTakenOutTooLate) {
  uint64_t lost = lost_stores(Rule::broken);
  RecordProperty("lost_stores", std::to_string(lost));
  EXPECT_GE(lost, writes) << "each write loses what was stored after it copied";
}

}  // namespace
}  // namespace daxlab
