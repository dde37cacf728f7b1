#include "harness/histories/random_history.h"

#include <algorithm>
#include <array>

#include "harness/histories/model.h"
#include "harness/histories/random.h"

namespace daxlab {
namespace {

struct Weight {
  OpKind kind;
  uint64_t weight;
};

constexpr std::array<Weight, 17> weights{{
    {OpKind::load, 20},
    {OpKind::store, 20},
    {OpKind::write, 15},
    {OpKind::read, 10},
    {OpKind::map, 9},
    {OpKind::truncate, 8},
    {OpKind::punch, 7},
    {OpKind::prefault, 4},
    {OpKind::preallocate, 3},
    {OpKind::create, 3},
    {OpKind::write_from_view, 3},
    {OpKind::read_into_view, 2},
    {OpKind::view_sync, 2},
    {OpKind::unmap, 2},
    {OpKind::unlink, 2},
    {OpKind::sync, 1},
    {OpKind::open, 1},
}};

class HistoryGenerator {
 public:
  explicit HistoryGenerator(uint64_t seed) : random_(seed) {
    history_.seed = seed;
    // Few pages that everything meets on; sometimes far out.
    const uint64_t reach_pages = random_.one_of({4, 4, 12, 12, history_file_pages});
    for (uint64_t& page : hot_pages_) page = random_.below(reach_pages);
  }

  // 0: as many as there come.
  History run(uint64_t operations) {
    const uint64_t drawn = random_.between(20, 60);
    const uint64_t length = operations == 0 ? drawn : operations;
    append({OpKind::create, 0, 0, 0, 0, 0});
    if (random_.percent(60)) append({OpKind::truncate, 0, 0, size(), 0, 0});
    append(map());
    while (history_.ops.size() < length) append(any());
    return std::move(history_);
  }

 private:
  void append(Op op) {
    // Left open by POSIX: look at the place instead.
    if (!model_.is_defined(op)) {
      op.kind = op.kind == OpKind::store ? OpKind::load : OpKind::read;
    }
    model_.apply(op);
    history_.ops.push_back(op);
  }

  Op any() {
    const OpKind kind = any_kind();
    if (is_on_view(kind)) return on_view(kind);
    if (kind == OpKind::create || kind == OpKind::open || kind == OpKind::unlink) {
      return {kind, static_cast<uint32_t>(random_.below(history_files)), 0, 0, 0, 0};
    }
    if (kind == OpKind::write_from_view || kind == OpKind::read_into_view) return by_view(kind);
    return kind == OpKind::map ? map() : on_file(kind);
  }

  OpKind any_kind() {
    uint64_t total = 0;
    for (const Weight& weight : weights) total += weight.weight;
    uint64_t left = random_.below(total);
    for (const Weight& weight : weights) {
      if (left < weight.weight) return weight.kind;
      left -= weight.weight;
    }
    return OpKind::load;
  }

  uint32_t open_file() {
    while (true) {
      const auto file = static_cast<uint32_t>(random_.below(history_files));
      if (model_.file(file) != nullptr) return file;
    }
  }

  uint64_t page() {
    return random_.percent(85) ? hot_pages_[random_.below(hot_pages_.size())]
                               : random_.below(history_file_pages);
  }

  uint64_t in_page() {
    if (random_.percent(30)) return 8 * random_.below(page_bytes / 8);
    return random_.one_of({0, 0, 0, 1, 7, 8, 100, 2048, 4000, 4087, 4088, 4088, 4089, 4095});
  }

  uint64_t offset() { return page() * page_bytes + in_page(); }

  uint64_t size() {
    if (random_.percent(30)) return (page() + 1) * page_bytes;
    return random_.percent(8) ? 0 : offset();
  }

  uint64_t length(uint64_t offset_bytes) {
    const uint64_t wanted =
        random_.percent(30)
            ? random_.between(1, 3 * page_bytes)
            : random_.one_of({1, 3, 8, 8, 16, 4088, 4095, 4096, 4096, 4097, 8192, 12288});
    return std::min(wanted, history_file_bytes - offset_bytes);
  }

  Op on_file(OpKind kind) {
    Op op{kind, open_file(), 0, 0, 0, random_.next()};
    if (kind == OpKind::sync) return op;
    op.offset_bytes = kind == OpKind::truncate ? size() : offset();
    if (kind == OpKind::truncate) return op;
    if (kind == OpKind::punch && random_.percent(50)) op.offset_bytes &= ~(page_bytes - 1);
    // Appending, and reading across the end.
    if (kind != OpKind::punch && random_.percent(15)) {
      op.offset_bytes = std::min(model_.file(op.file)->size_bytes(), history_file_bytes - 1);
      if (kind == OpKind::read) op.offset_bytes -= std::min<uint64_t>(op.offset_bytes, 20);
    }
    op.length_bytes = length(op.offset_bytes);
    return op;
  }

  // Between a file and the memory of a view, of the same file or another.
  Op by_view(OpKind kind) {
    const Op there = on_view(OpKind::view_sync);
    if (there.kind == OpKind::map) return there;
    const Model::ModelView& view = model_.view(there.view);
    const uint64_t size_bytes = view.file->size_bytes();
    const uint64_t end = (size_bytes - std::min(size_bytes, view.range.pgoff * page_bytes)) / 8 * 8;
    Op op{kind, open_file(), there.view, offset(), there.length_bytes, there.offset_bytes};
    // Many views go on past the end: stay before it.
    if (op.value >= end) op.value = 0;
    op.length_bytes = std::min(op.length_bytes, history_file_bytes - op.offset_bytes);
    if (end > op.value) op.length_bytes = std::min(op.length_bytes, end - op.value);
    return op;
  }

  Op map() {
    const uint64_t hot = page();
    const uint64_t first = hot - std::min(hot, random_.below(3));
    const uint64_t wanted =
        random_.percent(5) ? history_file_pages : random_.one_of({1, 2, 3, 4, 4, 8, 16});
    return {OpKind::map,
            open_file(),
            static_cast<uint32_t>(random_.below(history_views)),
            first * page_bytes,
            std::min(wanted, history_file_pages - first) * page_bytes,
            0};
  }

  // In a view, preferably on a page where others are.
  uint64_t view_offset(const PageRange& range) {
    for (int attempt = 0; attempt < 4; ++attempt) {
      const uint64_t candidate = page();
      if (range.contains(candidate)) return (candidate - range.pgoff) * page_bytes + in_page();
    }
    return random_.below(range.pages) * page_bytes + in_page();
  }

  Op on_view(OpKind kind) {
    std::vector<uint32_t> mapped;
    for (uint32_t view = 0; view < history_views; ++view) {
      if (model_.view(view).file != nullptr) mapped.push_back(view);
    }
    if (mapped.empty()) return map();
    Op op{kind, 0, mapped[random_.below(mapped.size())], 0, 0, 0};
    if (kind == OpKind::unmap) return op;
    const PageRange& range = model_.view(op.view).range;
    op.offset_bytes = view_offset(range);
    if (kind == OpKind::load || kind == OpKind::store) {
      op.offset_bytes &= ~uint64_t{7};
      if (kind == OpKind::store) op.value = random_.next() | 1;
    } else {
      op.length_bytes =
          std::min(length(op.offset_bytes), range.pages * page_bytes - op.offset_bytes);
      if (kind == OpKind::prefault) op.value = random_.below(2);
    }
    return op;
  }

  Random random_;
  History history_;
  Model model_;
  std::array<uint64_t, 3> hot_pages_{};
};

}  // namespace

History random_history(uint64_t seed) { return HistoryGenerator(seed).run(0); }

History random_history(uint64_t seed, uint64_t operations) {
  return HistoryGenerator(seed).run(operations);
}

}  // namespace daxlab
