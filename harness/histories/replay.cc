#include "harness/histories/replay.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/histories/outcome_difference.h"
#include "harness/histories/random_history.h"

namespace daxlab {
namespace {

ErrorCode code_of(Status status) { return status.code(); }

std::string describe_code(ErrorCode code) { return fmt::format("\"{}\"", describe(code)); }

// The memory of a view as a buffer; where it has none (the simulator), a copy made by loads and put
// back by stores.
class ViewBytes {
 public:
  ViewBytes(View& view, uint64_t offset_bytes, uint64_t length_bytes)
      : view_(view), first_(offset_bytes / 8 * 8), skip_(offset_bytes - first_) {
    if (view.raw() != nullptr) {
      span_ = {view.raw() + offset_bytes, length_bytes};
      return;
    }
    for (uint64_t at = first_; at < offset_bytes + length_bytes; at += 8) {
      words_.push_back(view.load(at));
    }
    span_ = std::as_writable_bytes(std::span(words_)).subspan(skip_, length_bytes);
  }

  std::span<std::byte> span() const { return span_; }

  // The words that the call changed.
  void put_back(uint64_t length_bytes) {
    for (uint64_t i = 0; 8 * i < skip_ + length_bytes && i < words_.size(); ++i) {
      if (length_bytes > 0) view_.store(first_ + 8 * i, words_[i]);
    }
  }

 private:
  View& view_;
  uint64_t first_;
  uint64_t skip_;
  std::vector<uint64_t> words_;
  std::span<std::byte> span_;
};

std::optional<std::string> file_difference(const ModelFile& expected, File& seen) {
  if (expected.size_bytes() != seen.size_bytes()) {
    return fmt::format("expected size {}, seen {}", expected.size_bytes(), seen.size_bytes());
  }
  // More than there is: a read may not go past the end.
  std::vector<std::byte> bytes(expected.size_bytes() + 64);
  const Result<uint64_t> count = seen.read(0, bytes);
  if (!count.ok()) return "read: " + describe_code(count.code());
  bytes.resize(std::min<uint64_t>(count.value(), bytes.size()));
  const auto found = find_difference(expected.bytes(), bytes, 0);
  return found ? std::optional(to_text(*found)) : std::nullopt;
}

std::optional<std::string> page_difference(const ModelFile& expected, uint64_t pgoff,
                                           const View& seen, uint64_t view_offset_bytes) {
  // The first word by a call that survives a bus error; if the page is there, the others follow by
  // load.
  const Result<uint64_t> first = seen.try_load(view_offset_bytes);
  if (expected.is_beyond_end(pgoff)) {
    if (!first.ok()) return std::nullopt;
    return fmt::format("view offset {}: expected a bus error, seen {:#x}", view_offset_bytes,
                       first.value());
  }
  if (!first.ok()) {
    return fmt::format("view offset {}: {}", view_offset_bytes, describe_code(first.code()));
  }
  for (uint64_t at = 0; at < page_bytes; at += 8) {
    const uint64_t wanted = expected.word(pgoff * page_bytes + at);
    const uint64_t found = at == 0 ? first.value() : seen.load(view_offset_bytes + at);
    if (wanted != found) {
      return fmt::format("view offset {} (file offset {}): expected {:#x}, seen {:#x}",
                         view_offset_bytes + at, pgoff * page_bytes + at, wanted, found);
    }
  }
  return std::nullopt;
}

std::optional<std::string> final_difference(const Model& model, const Replay& replay) {
  for (uint32_t file = 0; file < history_files; ++file) {
    if (model.file(file) == nullptr) continue;
    if (auto found = file_difference(*model.file(file), *replay.file(file))) {
      return fmt::format("at the end, f{}: {}", file, *found);
    }
  }
  for (uint32_t view = 0; view < history_views; ++view) {
    const Model::ModelView& expected = model.view(view);
    if (expected.file == nullptr) continue;
    for (uint64_t page = 0; page < expected.range.pages; ++page) {
      if (auto found = page_difference(*expected.file, expected.range.pgoff + page,
                                       *replay.view(view), page * page_bytes)) {
        return fmt::format("at the end, view {}: {}", view, *found);
      }
    }
  }
  return std::nullopt;
}

bool is_defined(const History& history) {
  Model model;
  for (const Op& op : history.ops) {
    if (!model.is_defined(op)) return false;
    model.apply(op);
  }
  return true;
}

}  // namespace

Replay::~Replay() {
  for (auto& view : views_) view.reset();
  for (uint32_t file = 0; file < history_files; ++file) {
    open_[file].reset();
    // Most names are gone by now; one that stays for another reason fails the next history's
    // create.
    static_cast<void>(files_.unlink(file_name(file)));
  }
}

Outcome Replay::apply(const Op& op) {
  if (names_a_file(op.kind)) return apply_to_names(op);
  if (op.kind == OpKind::read_into_view || op.kind == OpKind::write_from_view) {
    return open_[op.file] != nullptr && views_[op.view] != nullptr ? apply_by_view(op) : Outcome{};
  }
  if (is_on_view(op.kind)) return views_[op.view] != nullptr ? apply_to_view(op) : Outcome{};
  return open_[op.file] != nullptr ? apply_to_file(op) : Outcome{};
}

Outcome Replay::apply_to_names(const Op& op) {
  Outcome outcome;
  const std::string name = file_name(op.file);
  if (op.kind == OpKind::unlink) {
    outcome.code = code_of(files_.unlink(name));
  } else {
    auto opened = op.kind == OpKind::create ? files_.create(name) : files_.open(name);
    outcome.code = opened.code();
    if (opened.ok()) open_[op.file] = opened.take();
  }
  if (open_[op.file] != nullptr) outcome.size_bytes = open_[op.file]->size_bytes();
  return outcome;
}

Outcome Replay::apply_to_file(const Op& op) {
  Outcome outcome;
  File& file = *open_[op.file];
  const ByteRange range{op.offset_bytes, op.length_bytes};
  if (op.kind == OpKind::read) {
    outcome.bytes.resize(op.length_bytes);
    const Result<uint64_t> count = file.read(op.offset_bytes, outcome.bytes);
    outcome.code = count.code();
    outcome.count_bytes = count.ok() ? count.value() : 0;
    outcome.bytes.resize(std::min<uint64_t>(outcome.count_bytes, outcome.bytes.size()));
  } else if (op.kind == OpKind::write) {
    const Result<uint64_t> count =
        file.write(op.offset_bytes, written_bytes(op.value, op.length_bytes));
    outcome.code = count.code();
    outcome.count_bytes = count.ok() ? count.value() : 0;
  } else if (op.kind == OpKind::truncate) {
    outcome.code = code_of(file.truncate(op.offset_bytes));
  } else if (op.kind == OpKind::punch) {
    outcome.code = code_of(file.punch(range));
  } else if (op.kind == OpKind::preallocate) {
    outcome.code = code_of(file.preallocate(range));
  } else if (op.kind == OpKind::sync) {
    outcome.code = code_of(file.sync());
  } else {
    auto mapped = file.map({op.offset_bytes / page_bytes, op.length_bytes / page_bytes});
    outcome.code = mapped.code();
    if (mapped.ok()) views_[op.view] = mapped.take();
  }
  outcome.size_bytes = file.size_bytes();
  return outcome;
}

Outcome Replay::apply_by_view(const Op& op) {
  Outcome outcome;
  File& file = *open_[op.file];
  ViewBytes bytes(*views_[op.view], op.value, op.length_bytes);
  const Result<uint64_t> count = op.kind == OpKind::read_into_view
                                     ? file.read(op.offset_bytes, bytes.span())
                                     : file.write(op.offset_bytes, bytes.span());
  outcome.code = count.code();
  outcome.count_bytes = count.ok() ? count.value() : 0;
  if (op.kind == OpKind::read_into_view && count.ok()) bytes.put_back(count.value());
  outcome.size_bytes = file.size_bytes();
  return outcome;
}

Outcome Replay::apply_to_view(const Op& op) {
  Outcome outcome;
  View& view = *views_[op.view];
  const ByteRange range{op.offset_bytes, op.length_bytes};
  if (op.kind == OpKind::unmap) {
    views_[op.view].reset();
  } else if (op.kind == OpKind::load) {
    const Result<uint64_t> word = view.try_load(op.offset_bytes);
    outcome.code = word.code();
    outcome.word = word.ok() ? word.value() : 0;
  } else if (op.kind == OpKind::store) {
    outcome.code = code_of(view.try_store(op.offset_bytes, op.value));
  } else if (op.kind == OpKind::prefault) {
    outcome.code = code_of(view.prefault(range, op.value != 0));
  } else {
    outcome.code = code_of(view.sync(range));
  }
  return outcome;
}

std::optional<std::string> find_difference(FileSystem& files, const History& history,
                                           const LookAtEnd& look) {
  Model model;
  Replay replay(files);
  for (size_t i = 0; i < history.ops.size(); ++i) {
    const Op& op = history.ops[i];
    const Outcome expected = model.apply(op);
    const Outcome seen = replay.apply(op);
    if (const auto found = find_difference(op, expected, seen)) {
      return fmt::format("op {} {}: {}", i, to_text(op), to_text(*found));
    }
  }
  if (auto found = look ? look(model, replay) : std::nullopt) return found;
  return final_difference(model, replay);
}

History shortened(FileSystem& files, History history) {
  return shortened(std::move(history), [&](const History& candidate) {
    return find_difference(files, candidate).has_value();
  });
}

History shortened(History history, const std::function<bool(const History&)>& fails) {
  for (size_t run = history.ops.size() / 2; run > 0; run /= 2) {
    for (size_t end = history.ops.size(); end >= run;) {
      History candidate = history;
      const auto last = candidate.ops.begin() + static_cast<ptrdiff_t>(end);
      candidate.ops.erase(last - static_cast<ptrdiff_t>(run), last);
      if (is_defined(candidate) && fails(candidate)) history = candidate;
      end -= run;
    }
  }
  return history;
}

std::optional<std::string> check_histories(FileSystem& files, uint64_t first_seed, uint64_t count) {
  for (uint64_t seed = first_seed; seed < first_seed + count; ++seed) {
    const History history = random_history(seed);
    const auto found = find_difference(files, history);
    if (!found) continue;
    const History shorter = shortened(files, history);
    const std::string text = fmt::format("seed {}, {}\n", seed, *found);
    if (const auto again = find_difference(files, shorter)) {
      return text + fmt::format("shortened: {}\n{}", *again, to_text(shorter));
    }
    return text + "not shortened: it does not fail each time\n" + to_text(history);
  }
  return std::nullopt;
}

}  // namespace daxlab
