#include <fmt/format.h>

#include <memory>
#include <span>

#include "core/base/clock.h"
#include "core/base/sizes.h"
#include "harness/bench/bare_persist.h"
#include "harness/bench/rows.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

// A file without holes, and a view of it; and where in the region its pages lie.
class SyncedFile {
 public:
  static ErrorOr<std::shared_ptr<SyncedFile>> make(EngineKind engine, uint64_t pages) {
    auto made = std::make_shared<SyncedFile>();
    made->pages_ = pages;
    made->lab_ = make_lab({.engine = engine, .region_bytes = (2 * pages + 1024) * page_bytes});
    if (!made->fill() || made->find_pages() != pages) return Error{"cannot make a file to sync"};
    return made;
  }

  // One word of each page, or all.
  void store(bool whole_pages) {
    ++value_;
    for (uint64_t page = 0; page < pages_; ++page) {
      for (uint64_t word = 1; word < (whole_pages ? words_per_page : 2); ++word) {
        view_->store(page * page_bytes + word * sizeof(uint64_t), value_);
      }
    }
  }
  bool sync() { return file_->sync().ok(); }
  // The same lines, in the same order.
  void flush_by_bare_loop() {
    for (const std::byte* page : in_region_) bare_.flush_lines(page, page + page_bytes);
    BarePersist::fence();
  }

 private:
  bool fill() {
    auto file = lab_->files().create("synced");
    if (!file.ok()) return false;
    file_ = file.take();
    if (!file_->preallocate({0, pages_ * page_bytes}).ok()) return false;
    auto view = file_->map({0, pages_});
    if (!view.ok()) return false;
    view_ = view.take();
    for (uint64_t page = 0; page < pages_; ++page) view_->store(page * page_bytes, mark_of(page));
    return true;
  }
  static uint64_t mark_of(uint64_t page) { return 0x6461786c61620000 + page; }
  uint64_t find_pages() {
    in_region_.resize(pages_);
    uint64_t found = 0;
    std::span<std::byte> region = lab_->region_bytes();
    for (uint64_t at = 0; at < region.size(); at += page_bytes) {
      const uint64_t page = *reinterpret_cast<const uint64_t*>(&region[at]) - mark_of(0);
      if (page >= pages_) continue;
      in_region_[page] = &region[at];
      ++found;
    }
    return found;
  }

  std::unique_ptr<Lab> lab_;
  std::unique_ptr<File> file_;
  std::unique_ptr<View> view_;
  std::vector<const std::byte*> in_region_;
  BarePersist bare_;
  uint64_t pages_ = 0;
  uint64_t value_ = 0;
};

ErrorOr<TimedLoop> prepare_sync(EngineKind engine, uint64_t pages, bool whole_pages, bool bare) {
  auto made = SyncedFile::make(engine, pages);
  if (!made.ok()) return made.error();
  return TimedLoop([file = made.take(), whole_pages, bare]() -> ErrorOr<uint64_t> {
    file->store(whole_pages);
    const uint64_t start_ns = now_ns();
    if (bare) {
      file->flush_by_bare_loop();
    } else if (!file->sync()) {
      return Error{"sync failed"};
    }
    return now_ns() - start_ns;
  });
}

}  // namespace

void add_sync_rows(const RowSizes& sizes, std::vector<Row>& rows) {
  for (EngineKind engine : {EngineKind::mmu, EngineKind::simulator}) {
    for (bool whole_pages : {false, true}) {
      for (uint64_t pages : sizes.sync_pages) {
        const std::string name =
            fmt::format("sync/{}/{}/pages:{}", engine == EngineKind::mmu ? "mmu" : "simulator",
                        whole_pages ? "whole_pages" : "a_word_each", pages);
        for (bool bare : {false, true}) {
          rows.push_back({bare ? name + "/bare" : name, bare ? "" : name + "/bare", pages,
                          [=] { return prepare_sync(engine, pages, whole_pages, bare); }});
        }
      }
    }
  }
}

}  // namespace daxlab
