#include "harness/check/case_file_programs.h"

#include <fmt/format.h>

#include "harness/check/case_file.h"
#include "harness/check/case_file_words.h"
#include "harness/histories/model.h"

namespace daxlab {
namespace {

constexpr uint64_t most_view_pages = most_case_file_bytes / page_bytes;

template <class Kind>
Kind kind_of(const CaseValue& op, const CaseWords<Kind>& words) {
  const auto kind = op.member("kind");
  return *words.named(words.names()[kind ? kind->one_of(words.names()) : 0]);
}

void check_multiple(const CaseValue& op, const char* key, uint64_t value, uint64_t factor) {
  const auto member = op.member(key);
  if (!member || value % factor == 0) return;
  member->report(fmt::format("expected a multiple of {}, found {}", factor, value));
}

// A byte range that fits into the largest file.
void read_range(const CaseValue& map, uint64_t& offset_bytes, uint64_t& length_bytes) {
  offset_bytes = map.number("offset_bytes", 0, most_case_file_bytes);
  length_bytes = map.number("length_bytes", 0, most_case_file_bytes - offset_bytes);
}

Op read_op(const CaseValue& map) {
  Op op;
  if (!map.is_map({"kind"}, {"file", "view", "offset_bytes", "length_bytes", "value"})) return op;
  op.kind = kind_of(map, op_words());
  op.file = static_cast<uint32_t>(map.number("file", 0, history_files - 1));
  op.view = static_cast<uint32_t>(map.number("view", 0, history_views - 1));
  read_range(map, op.offset_bytes, op.length_bytes);
  const bool by_view = op.kind == OpKind::read_into_view || op.kind == OpKind::write_from_view;
  op.value = map.number("value", 0, by_view ? most_case_file_bytes : UINT64_MAX);
  if (op.kind == OpKind::load || op.kind == OpKind::store) {
    check_multiple(map, "offset_bytes", op.offset_bytes, 8);
  }
  if (op.kind == OpKind::map) {
    check_multiple(map, "offset_bytes", op.offset_bytes, page_bytes);
    check_multiple(map, "length_bytes", op.length_bytes, page_bytes);
    if (op.length_bytes == 0) map.report("expected a length_bytes of at least a page, found 0");
  }
  return op;
}

bool is_page_wise(SharedOpKind kind) {
  switch (kind) {
    case SharedOpKind::punch:
    case SharedOpKind::truncate:
    case SharedOpKind::preallocate:
    case SharedOpKind::prefault_read:
    case SharedOpKind::prefault_write:
    case SharedOpKind::view_sync:
    case SharedOpKind::sync:
      return true;
    case SharedOpKind::load:
    case SharedOpKind::store:
    case SharedOpKind::read:
    case SharedOpKind::write:
    case SharedOpKind::make:
    case SharedOpKind::visit:
    case SharedOpKind::unlink:
      return false;
  }
  return false;
}

uint64_t touched_bytes(const SharedOp& op) {
  if (op.kind == SharedOpKind::truncate || op.kind == SharedOpKind::sync) return 0;
  return is_page_wise(op.kind) ? page_bytes : op.words * 8;
}

bool touches_view(SharedOpKind kind) {
  return kind == SharedOpKind::load || kind == SharedOpKind::store ||
         kind == SharedOpKind::prefault_read || kind == SharedOpKind::prefault_write ||
         kind == SharedOpKind::view_sync;
}

// A ConcurrentProgram while it is read: its operations must fit its files and views.
class ProgramReader {
 public:
  ConcurrentProgram read(const CaseValue& map) {
    if (!map.is_map({"threads", "files", "file_pages", "views", "rounds"}, {"seed"})) return {};
    program_.seed = map.number("seed", 0, UINT64_MAX);
    program_.threads = static_cast<uint32_t>(map.number("threads", 1, most_case_threads));
    program_.files = static_cast<uint32_t>(map.number("files", 1, most_case_files));
    program_.file_pages = map.number("file_pages", 0, most_view_pages);
    map.member("views")->each(most_case_views, [&](const CaseValue& view) { read_view(view); });
    if (const auto rounds = map.member("rounds")) {
      rounds->each(most_case_rounds, [&](const CaseValue& round) { read_round(round); });
    }
    return std::move(program_);
  }

 private:
  void read_view(const CaseValue& map) {
    if (!map.is_map({"file", "pages"}, {"pgoff"})) return;
    SharedView view;
    view.file = static_cast<uint32_t>(map.number("file", 0, program_.files - 1));
    view.range.pgoff = map.number("pgoff", 0, most_view_pages - 1);
    view.range.pages = map.number("pages", 1, most_view_pages - view.range.pgoff);
    program_.views.push_back(view);
  }

  void read_round(const CaseValue& list) {
    if (list.size() != program_.threads && !list.failed()) {
      return list.report(
          fmt::format("expected a list of operations for each of {} threads, found "
                      "{}",
                      program_.threads, list.size()));
    }
    auto& round = program_.rounds.emplace_back();
    list.each(most_case_threads, [&](const CaseValue& ops) {
      auto& thread = round.emplace_back();
      ops.each(most_case_ops - ops_, [&](const CaseValue& op) {
        thread.push_back(read_op(op));
        ++ops_;
      });
    });
  }

  SharedOp read_op(const CaseValue& map) const {
    SharedOp op;
    if (!map.is_map({"kind"}, {"file", "view", "offset_bytes", "words", "may_be_cut", "value",
                               "by_new_view"})) {
      return op;
    }
    op.kind = kind_of(map, shared_op_words());
    op.file = static_cast<uint32_t>(map.number("file", 0, program_.files - 1));
    op.offset_bytes = map.number("offset_bytes", 0, most_case_file_bytes);
    op.words = map.number("words", 1, most_words, 1);
    if (const auto cut = map.member("may_be_cut")) op.may_be_cut = cut->boolean();
    if (const auto by_new = map.member("by_new_view")) op.by_new_view = by_new->boolean();
    op.value = map.number("value", 0, UINT64_MAX);
    const bool whole_pages = is_page_wise(op.kind) && op.kind != SharedOpKind::truncate;
    check_multiple(map, "offset_bytes", op.offset_bytes, whole_pages ? page_bytes : 8);
    if (op.offset_bytes + touched_bytes(op) > most_case_file_bytes) {
      map.report(fmt::format("ends beyond {} bytes, the largest file", most_case_file_bytes));
    }
    read_view_of(map, op);
    const bool may_be_new = op.kind == SharedOpKind::load || op.kind == SharedOpKind::store;
    if (op.by_new_view && !may_be_new) map.report("only a load or store maps a new view");
    if (op.kind == SharedOpKind::make && op.value % 2 != 0) {
      map.report("expected an even value for a new file, found " + std::to_string(op.value));
    }
    return op;
  }

  void read_view_of(const CaseValue& map, SharedOp& op) const {
    if (program_.views.empty()) return map.report("expected a program with views, found none");
    op.view = static_cast<uint32_t>(map.number("view", 0, program_.views.size() - 1));
    if (map.failed()) return;
    const SharedView& own = program_.views[op.view];
    if (touches_view(op.kind) && own.file != op.file) {
      return map.report(
          fmt::format("view {} shows file {}, not file {}", op.view, own.file, op.file));
    }
    if (touches_view(op.kind) && !op.by_new_view)
      require_in_view(map, op, op.view, touched_bytes(op));
  }

  void require_in_view(const CaseValue& map, const SharedOp& op, uint32_t view,
                       uint64_t length_bytes) const {
    const PageRange& range = program_.views[view].range;
    const uint64_t first = range.pgoff * page_bytes, end = range.end() * page_bytes;
    const uint64_t op_end = op.offset_bytes + length_bytes;
    if (op.offset_bytes >= first && op_end <= end) return;
    map.report(fmt::format("bytes {} to {} are not in view {}, which shows bytes {} to {}",
                           op.offset_bytes, op_end, view, first, end));
  }

  ConcurrentProgram program_;
  uint64_t ops_ = 0;
};

}  // namespace

History read_history(const CaseValue& map) {
  History history;
  if (!map.is_map({"ops"}, {"seed"})) return history;
  history.seed = map.number("seed", 0, UINT64_MAX);
  Model model;
  map.member("ops")->each(most_case_ops, [&](const CaseValue& item) {
    const Op op = read_op(item);
    if (item.failed()) return;
    if (!model.is_defined(op)) {
      return item.report("'" + to_text(op) +
                         "' is outside of its view, or what it does is left open by POSIX");
    }
    model.apply(op);
    history.ops.push_back(op);
  });
  return history;
}

ConcurrentProgram read_concurrent_program(const CaseValue& map) {
  return ProgramReader().read(map);
}

}  // namespace daxlab
