#include "harness/histories/program_files.h"

#include <fmt/format.h>

#include <set>
#include <span>
#include <utility>

#include "harness/histories/history.h"

namespace daxlab {
namespace {

void count(Event& event, const Result<uint64_t>& result) {
  event.code = result.code();
  if (result.ok()) event.count_bytes = result.value();
}

std::string name_that_goes(uint32_t number) { return fmt::format("n{}", number); }

}  // namespace

ProgramFiles::~ProgramFiles() {
  views_.clear();
  for (uint32_t file = 0; file < open_.size(); ++file) {
    // A name that stays fails the next program's create.
    static_cast<void>(files_.unlink(file_name(file)));
    static_cast<void>(files_.unlink(name_that_goes(file)));
  }
}

std::optional<Error> ProgramFiles::set_up() {
  for (uint32_t file = 0; file < program_.files; ++file) {
    auto created = files_.create(file_name(file));
    if (!created.ok()) {
      return Error{fmt::format("create {}: {}", file_name(file), describe(created.code()))};
    }
    open_.push_back(created.take());
    const Status grown = open_.back()->truncate(program_.file_pages * page_bytes);
    if (!grown.ok()) {
      return Error{fmt::format("truncate {}: {}", file_name(file), describe(grown.code()))};
    }
  }
  for (const SharedView& view : program_.views) {
    auto mapped = open_[view.file]->map(view.range);
    if (!mapped.ok()) {
      return Error{fmt::format("map {}: {}", file_name(view.file), describe(mapped.code()))};
    }
    views_.push_back(mapped.take());
  }
  return std::nullopt;
}

void ProgramFiles::act(Event& event) {
  const SharedOp& op = event.op;
  if (is_on_name(op.kind)) return act_on_name(event);
  File& file = *open_[op.file];
  const std::span<std::byte> bytes =
      std::as_writable_bytes(std::span(event.words)).first(op.words * 8);
  switch (op.kind) {
    case SharedOpKind::read:
      return count(event, file.read(op.offset_bytes, bytes));
    case SharedOpKind::write:
      for (uint64_t word = 0; word < op.words; ++word) event.words[word] = op.value + word;
      return count(event, file.write(op.offset_bytes, bytes));
    case SharedOpKind::punch:
      event.code = file.punch({op.offset_bytes, page_bytes}).code();
      return;
    case SharedOpKind::truncate:
      event.code = file.truncate(op.offset_bytes).code();
      return;
    case SharedOpKind::preallocate:
      event.code = file.preallocate({op.offset_bytes, page_bytes}).code();
      return;
    case SharedOpKind::sync:
      event.code = file.sync().code();
      return;
    default:
      break;
  }
  if (!op.by_new_view) {
    return act_on_view(event, *views_[op.view], program_.views[op.view].range.pgoff);
  }
  const uint64_t pgoff = op.offset_bytes / page_bytes;
  auto mapped = file.map({pgoff, 1});
  event.code = mapped.code();
  if (mapped.ok()) act_on_view(event, *mapped.value(), pgoff);
}

void ProgramFiles::act_on_view(Event& event, View& view, uint64_t first_pgoff) const {
  const SharedOp& op = event.op;
  const uint64_t in_view = op.offset_bytes - first_pgoff * page_bytes;
  switch (op.kind) {
    case SharedOpKind::load:
      return load(event, view, in_view);
    case SharedOpKind::store:
      return store(event, view, in_view);
    case SharedOpKind::prefault_read:
    case SharedOpKind::prefault_write:
      event.code =
          view.prefault({in_view, page_bytes}, op.kind == SharedOpKind::prefault_write).code();
      return;
    default:
      event.code = view.sync({in_view, page_bytes}).code();
      return;
  }
}

void ProgramFiles::act_on_name(Event& event) const {
  const std::string name = name_that_goes(event.op.file);
  if (event.op.kind == SharedOpKind::unlink) {
    event.code = files_.unlink(name).code();
    return;
  }
  auto opened = event.op.kind == SharedOpKind::make ? files_.create(name) : files_.open(name);
  event.code = opened.code();
  event.entered = opened.ok();
  if (opened.ok()) use_own_file(event, *opened.value());
}

// What make() writes is on the first page, what visits write on the second: a block of theirs each,
// that the file has to give back.
void ProgramFiles::use_own_file(Event& event, File& file) const {
  const bool makes = event.op.kind == SharedOpKind::make;
  const std::span<std::byte> word = std::as_writable_bytes(std::span(event.words)).first(8);
  const auto write = [&](uint64_t offset_bytes) {
    event.words[0] = event.op.value;
    event.code = file.write(offset_bytes, word).code();
    event.words[0] = 0;
  };
  if (makes) write(0);
  if (event.code == ErrorCode::ok) count(event, file.read(0, word));
  if (makes || event.op.value == 0 || event.code != ErrorCode::ok) return;
  const uint64_t seen = event.words[0];
  write(page_bytes);
  event.words[0] = seen;
}

void ProgramFiles::load(Event& event, View& view, uint64_t offset_bytes) const {
  if (!event.op.may_be_cut && !survives_bus_errors_) {
    event.words[0] = view.load(offset_bytes);
    return;
  }
  const Result<uint64_t> word = view.try_load(offset_bytes);
  event.code = word.code();
  if (word.ok()) event.words[0] = word.value();
}

void ProgramFiles::store(Event& event, View& view, uint64_t offset_bytes) const {
  if (!event.op.may_be_cut && !survives_bus_errors_)
    return view.store(offset_bytes, event.op.value);
  event.code = view.try_store(offset_bytes, event.op.value).code();
}

std::vector<SharedOp> ProgramFiles::looks_at_the_end(const std::vector<Event>& events) const {
  std::set<std::pair<uint32_t, uint64_t>> words;  // file, offset in bytes
  std::set<uint32_t> names;
  bool is_cut = false;
  for (const Event& event : events) {
    is_cut = is_cut || event.op.may_be_cut;
    if (is_on_name(event.op.kind)) names.insert(event.op.file);
    if (event.op.kind == SharedOpKind::truncate || is_on_name(event.op.kind)) continue;
    for (uint64_t word = 0; word < event.op.words; ++word) {
      words.insert({event.op.file, event.op.offset_bytes + 8 * word});
    }
  }
  std::vector<SharedOp> looks;
  for (const auto& [file, offset_bytes] : words) {
    for (uint32_t view = 0; view < program_.views.size(); ++view) {
      const SharedView& shown = program_.views[view];
      const uint64_t pgoff = offset_bytes / page_bytes;
      if (shown.file != file || pgoff < shown.range.pgoff || pgoff >= shown.range.end()) continue;
      looks.push_back({SharedOpKind::load, file, view, offset_bytes});
    }
    looks.push_back({SharedOpKind::read, file, 0, offset_bytes});
  }
  for (SharedOp& look : looks) look.may_be_cut = is_cut;
  for (const uint32_t name : names) looks.push_back({.kind = SharedOpKind::visit, .file = name});
  return looks;
}

}  // namespace daxlab
