// For tests of the page table and the engine alone: a file and mappings of it, and a handler in
// place of strategies.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

#include "core/dax/page.h"
#include "core/dax/shared_file.h"
#include "core/engine/simulator/simulated_address_space.h"
#include "core/region/inode_table.h"

namespace daxlab {

constexpr uint64_t huge_pages = max_fault_pages;  // of one entry of 2 MiB

// A region with room for blocks 512 to 1023, which one entry can show.
class SimulatedFile : public testing::Test {
 protected:
  static constexpr uint64_t region_blocks = 1536;
  alignas(64) std::vector<std::byte> memory_ = std::vector<std::byte>(region_blocks * block_bytes +
                                                                      64);
  Counters counters_;
  std::unique_ptr<Region> region_ = Region::format(Medium::over(aligned()), counters_).take();
  InodeTable inodes_{*region_};
  SimulatedAddressSpace addresses_{*region_};
  SharedFile file_{*region_, inodes_, inodes_.create("file").value(),
                   addresses_.make_page_cache(counters_)};

  std::unique_ptr<Mapping> mapping_of(PageRange range, HoleBacking backing = HoleBacking::trap) {
    return Mapping::create(file_, range, backing, counters_).take();
  }
  uint64_t* word_of_block(uint64_t block, uint64_t offset_bytes) {
    return region_->words_of(block) + offset_bytes / sizeof(uint64_t);
  }

 private:
  std::span<std::byte> aligned() {
    const auto address = reinterpret_cast<uintptr_t>(memory_.data());
    return {memory_.data() + (64 - address % 64) % 64, region_blocks * block_bytes};
  }
};

// Does as the test says, once for each fault.
class Handler final : public FaultHandler {
 public:
  std::function<Status(Mapping&, uint64_t, bool)> action = [](Mapping&, uint64_t, bool) {
    return ErrorCode::io_error;
  };
  uint64_t faults = 0;
  Status handle(Mapping& mapping, uint64_t address, bool write) noexcept override {
    ++faults;
    return action(mapping, address, write);
  }
};

class SimulatedEngine : public SimulatedFile {
 protected:
  static constexpr uint64_t pages = 8, block = 600;
  Handler handler_;
  std::vector<std::unique_ptr<Mapping>> mappings_;

  SimulatedEngine() { addresses_.set_fault_handler(handler_); }
  ~SimulatedEngine() override {
    for (auto& mapping : mappings_) addresses_.unmap(*mapping);
  }
  Mapping& map(HoleBacking backing = HoleBacking::trap, PageRange range = {0, pages},
               uint64_t pages_in_file = pages) {
    mappings_.push_back(mapping_of(range, backing));
    EXPECT_TRUE(addresses_.map(*mappings_.back(), pages_in_file).ok());
    return *mappings_.back();
  }
  // As the core does it: engine, then entries.
  void show(Mapping& mapping, PageRange run, PageState state, uint64_t frame = 0) {
    Status status;
    switch (state) {
      case PageState::kernel_zero:
        status = addresses_.insert_kernel_zero(mapping, run);
        break;
      case PageState::own_zero:
        status = addresses_.insert_own_zero(mapping, run);
        frame = own_zero_frame(run.pgoff);
        break;
      case PageState::cached:
        status = addresses_.insert_cached(mapping, run);
        break;
      default:
        status = addresses_.insert_blocks(mapping, run, frame, state == PageState::block_rw);
    }
    ASSERT_TRUE(status.ok());
    mapping.set_entries(run, {state, frame});
  }
  Result<uint64_t> load(Mapping& mapping, uint64_t page) {
    return addresses_.load(mapping, mapping.address_of(page) + 16);
  }
  Status store(Mapping& mapping, uint64_t page, uint64_t value) {
    return addresses_.store(mapping, mapping.address_of(page) + 16, value);
  }
  PageState state_after_removal(Mapping& mapping, uint64_t page) {
    EXPECT_TRUE(addresses_.remove(mapping, {page, 1}).ok());
    EXPECT_EQ(addresses_.shown_at(mapping, page), std::nullopt);
    EXPECT_EQ(addresses_.difference_from_entries(), std::nullopt);
    return mapping.entry(page).state;
  }
  void expect_fault(Mapping& mapping, uint64_t page, bool write) {
    const uint64_t before = handler_.faults;
    const ErrorCode code = write ? store(mapping, page, 1).code() : load(mapping, page).code();
    EXPECT_EQ(code, ErrorCode::io_error);
    EXPECT_EQ(handler_.faults, before + 1);
  }
  void expect_word(Mapping& mapping, uint64_t page, uint64_t value) {
    const uint64_t before = handler_.faults;
    EXPECT_EQ(load(mapping, page).value(), value);
    EXPECT_EQ(handler_.faults, before) << "a fault where something is shown";
  }
};

}  // namespace daxlab
