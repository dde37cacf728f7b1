#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>

#include "core/base/clock.h"
#include "harness/bench/rows.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

enum class Measured { load, store, mkwrite, punch };
constexpr const char* names[] = {"load", "store", "mkwrite", "punch"};

constexpr uint64_t offset_of(uint64_t page) { return page * page_bytes + 8; }

struct Freed {
  void operator()(std::byte* memory) const { std::free(memory); }
};

// A region's memory, touched before.
class PageMemory {
 public:
  explicit PageMemory(uint64_t length_bytes)
      : bytes_(static_cast<std::byte*>(std::aligned_alloc(page_bytes, length_bytes))),
        length_bytes_(length_bytes) {
    std::memset(bytes_.get(), 0x5a, length_bytes);
  }
  std::span<std::byte> all() const { return {bytes_.get(), length_bytes_}; }

 private:
  std::unique_ptr<std::byte, Freed> bytes_;
  uint64_t length_bytes_;
};

// A file of holes in a simulated lab, seen through one view: what is measured, and what brings it
// there and back.
class HoleFile {
 public:
  HoleFile(const std::string& fault, uint64_t pages)
      : pages_(pages), memory_((2 * pages + 64) * page_bytes) {
    LabSpec spec = spec_of({.engine = EngineKind::simulator, .fault = fault, .region_bytes = 0});
    spec.memory = memory_.all();
    lab_ = Lab::assemble(spec, log_).take();
    file_ = lab_->files().create("holes").take();
  }
  bool begin(Measured measured) {
    view_.reset();
    if (!file_->truncate(0).ok() || !file_->truncate(pages_ * page_bytes).ok()) return false;
    auto view = file_->map({0, pages_});
    if (!view.ok()) return false;
    view_ = view.take();
    if (measured == Measured::mkwrite) return load_all();
    return measured != Measured::punch || store_all();
  }
  bool run(Measured measured) {
    if (measured == Measured::load) return load_all();
    return measured == Measured::punch ? punch_all() : store_all();
  }

 private:
  bool load_all() {
    uint64_t seen = 0;
    for (uint64_t page = 0; page < pages_; ++page) seen |= view_->load(offset_of(page));
    return seen == 0;
  }
  bool store_all() {
    for (uint64_t page = 0; page < pages_; ++page) view_->store(offset_of(page), page + 1);
    return true;
  }
  bool punch_all() {
    for (uint64_t page = 0; page < pages_; ++page) {
      if (!file_->punch({page * page_bytes, page_bytes}).ok()) return false;
    }
    return true;
  }

  const uint64_t pages_;
  PageMemory memory_;
  CallLog log_;
  std::unique_ptr<Lab> lab_;
  std::unique_ptr<File> file_;
  std::unique_ptr<View> view_;
};

// What is left of it without locks, strategies, persistence and everything that can go wrong: an
// array of page table entries, one of blocks.
class BareHoles {
 public:
  explicit BareHoles(uint64_t pages)
      : pages_(pages), memory_((pages + 1) * page_bytes), entries_(pages), blocks_(pages) {
    std::memset(memory_.all().data(), 0, page_bytes);
  }
  bool begin(Measured measured) {
    punch_all();
    if (measured == Measured::mkwrite) return load_all();
    return measured != Measured::punch || store_all();
  }
  bool run(Measured measured) {
    if (measured == Measured::load) return load_all();
    return measured == Measured::punch ? punch_all() : store_all();
  }

 private:
  static constexpr uint64_t present = 1, writable = 2;
  std::byte* address_of(uint64_t block) { return &memory_.all()[block * page_bytes]; }
  volatile uint64_t* word_of(uint64_t page) {
    return reinterpret_cast<uint64_t*>(address_of(entries_[page] >> 8) + 8);
  }
  bool load_all() {
    uint64_t seen = 0;
    for (uint64_t page = 0; page < pages_; ++page) {
      if ((entries_[page] & present) == 0) entries_[page] = blocks_[page] << 8 | present;
      seen |= *word_of(page);
    }
    return seen == 0;
  }
  bool store_all() {
    for (uint64_t page = 0; page < pages_; ++page) {
      if ((entries_[page] & writable) == 0) {
        if (blocks_[page] == 0) {
          blocks_[page] = page + 1;
          std::memset(address_of(page + 1), 0, page_bytes);
        }
        entries_[page] = blocks_[page] << 8 | present | writable;
      }
      *word_of(page) = page + 1;
    }
    return true;
  }
  bool punch_all() {
    for (uint64_t page = 0; page < pages_; ++page) entries_[page] = blocks_[page] = 0;
    return true;
  }

  const uint64_t pages_;
  PageMemory memory_;
  std::vector<uint64_t> entries_, blocks_;
};

template <class Holes>
TimedLoop loop_over(std::shared_ptr<Holes> holes, Measured measured) {
  return [holes, measured]() -> ErrorOr<uint64_t> {
    if (!holes->begin(measured)) return Error{"cannot make holes"};
    const uint64_t start_ns = now_ns();
    if (!holes->run(measured)) return Error{"a hole is not as it should be"};
    return now_ns() - start_ns;
  };
}

// Assembled, one file made, mapped and touched, and all of it gone again.
ErrorOr<uint64_t> time_of_labs(const LabSpec& spec, CallLog& log, uint64_t labs) {
  const uint64_t start_ns = now_ns();
  for (uint64_t i = 0; i < labs; ++i) {
    auto lab = Lab::assemble(spec, log);
    if (!lab.ok()) return lab.error();
    auto file = lab.value()->files().create("file");
    if (!file.ok() || !file.value()->truncate(page_bytes).ok()) return Error{"cannot make a file"};
    auto view = file.value()->map({0, 1});
    if (!view.ok() || view.value()->load(0) != 0) return Error{"cannot map a hole"};
  }
  return now_ns() - start_ns;
}

struct LabCycle {
  explicit LabCycle(uint64_t region_bytes) : memory(region_bytes) {}
  PageMemory memory;
  CallLog log;
};

}  // namespace

void add_simulated_faults_rows(const RowSizes& sizes, std::vector<Row>& rows) {
  const uint64_t pages = sizes.simulated_pages;
  for (Measured measured : {Measured::load, Measured::store, Measured::mkwrite, Measured::punch}) {
    const auto name = [&](const std::string& who) {
      return fmt::format("simulated_fault/{}/{}/pages:{}", names[static_cast<size_t>(measured)],
                         who, pages);
    };
    rows.push_back({name("bare"), "", pages, [=]() -> ErrorOr<TimedLoop> {
                      return loop_over(std::make_shared<BareHoles>(pages), measured);
                    }});
    for (const std::string fault : {"page_zero", "global_zero", "native_zero", "alloc_on_read"}) {
      if (fault == "native_zero" && measured == Measured::load) continue;  // no fault at all
      rows.push_back({name(fault), name("bare"), pages, [=]() -> ErrorOr<TimedLoop> {
                        return loop_over(std::make_shared<HoleFile>(fault, pages), measured);
                      }});
    }
  }
}

void add_simulated_lab_rows(const RowSizes& sizes, std::vector<Row>& rows) {
  for (uint64_t region_bytes : {uint64_t{64} << 10, uint64_t{1} << 20}) {
    rows.push_back({fmt::format("simulated_lab/region:{}KiB", region_bytes >> 10), "",
                    sizes.simulated_labs, [=, labs = sizes.simulated_labs]() -> ErrorOr<TimedLoop> {
                      auto cycle = std::make_shared<LabCycle>(region_bytes);
                      LabSpec spec = spec_of({.engine = EngineKind::simulator, .region_bytes = 0});
                      spec.memory = cycle->memory.all();
                      return TimedLoop([=] { return time_of_labs(spec, cycle->log, labs); });
                    }});
  }
}

}  // namespace daxlab
