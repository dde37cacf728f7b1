#include "harness/crash/crash_judge.h"

#include <fmt/format.h>

#include <cassert>

#include "harness/crash/account_judge.h"
#include "harness/crash/file_comparison.h"

namespace daxlab {
namespace {

bool is_write(OpKind kind) { return kind == OpKind::write || kind == OpKind::write_from_view; }

}  // namespace

CrashJudge::Names CrashJudge::names() const {
  Names names;
  for (uint32_t file = 0; file < history_files; ++file) {
    if (model_.has_name(file)) names[file] = model_.file(file);
  }
  return names;
}

CrashJudge::FileId CrashJudge::changed_by(const Op& op) const {
  switch (op.kind) {
    case OpKind::write:
    case OpKind::write_from_view:
    case OpKind::truncate:
    case OpKind::punch:
    case OpKind::preallocate:
    case OpKind::sync:
      return model_.file(op.file);
    case OpKind::store:
    case OpKind::read_into_view:
    case OpKind::view_sync:
      return model_.view(op.view).file;
    default:
      return {};
  }
}

// Where a cut goes through a word, its bytes past the cut are zeroed, and so the word flushed.
ByteRange CrashJudge::made_durable_by(const Op& op) const {
  switch (op.kind) {
    case OpKind::write:
    case OpKind::write_from_view:
    case OpKind::punch:
      return {op.offset_bytes, op.length_bytes};
    case OpKind::truncate:
      return {op.offset_bytes, 1};
    case OpKind::sync:
      return {0, max_file_pages * page_bytes};
    case OpKind::view_sync:
      return {model_.view(op.view).range.pgoff * page_bytes + op.offset_bytes, op.length_bytes};
    default:
      return {};
  }
}

// Besides what lies past the old end or the new one.
ByteRange CrashJudge::written_by(const Op& op) const {
  switch (op.kind) {
    case OpKind::write:
    case OpKind::write_from_view:
    case OpKind::punch:
      return {op.offset_bytes, op.length_bytes};
    case OpKind::store:
      return {model_.view(op.view).range.pgoff * page_bytes + op.offset_bytes, sizeof(uint64_t)};
    case OpKind::read_into_view:
      return {model_.view(op.view).range.pgoff * page_bytes + op.value, op.length_bytes};
    default:
      return {};
  }
}

void CrashJudge::op_begins(const Op& op) {
  assert(!in_flight_);
  in_flight_ = true;
  op_ = op;
  names_before_ = names();
  changed_ = changed_by(op);
  const ByteRange durable = changed_ ? made_durable_by(op) : ByteRange{};
  const ByteRange written = changed_ ? written_by(op) : ByteRange{};
  model_.apply(op);
  if (changed_ == nullptr) return;
  LegalFile& file = legal_[changed_];
  changed_before_ = file;
  file.become(*changed_, written, durable);
}

void CrashJudge::op_ends() {
  in_flight_ = false;
  changed_ = nullptr;
}

const LegalFile& CrashJudge::legal(const FileId& file) const {
  static const LegalFile empty;  // created, never changed
  const auto found = legal_.find(file);
  return found == legal_.end() ? empty : found->second;
}

std::optional<CrashFinding> CrashJudge::judge(Region& region, const Recovery& recovery) const {
  const InodeTable inodes(region);
  if (auto finding = judge_accounts(region, inodes, recovery)) return finding;
  uint64_t found = 0;
  for (uint32_t file = 0; file < history_files; ++file) {
    if (auto finding = judge_name(region, inodes, file)) return finding;
    if (inodes.find(file_name(file)).ok()) ++found;
  }
  const uint64_t taken = inodes.taken().size();
  if (found == taken) return std::nullopt;
  return CrashFinding{Promise::isolation,
                      fmt::format("{} files, of which nobody made {}", taken, taken - found)};
}

std::optional<CrashFinding> CrashJudge::judge_name(Region& region, const InodeTable& inodes,
                                                   uint32_t file) const {
  const FileId now = names()[file];
  const FileId before = in_flight_ ? names_before_[file] : now;
  const Result<uint32_t> number = inodes.find(file_name(file));
  if (!number.ok()) {
    if (now == nullptr || before == nullptr) return std::nullopt;
    return CrashFinding{Promise::durability, file_name(file) + " is not there"};
  }
  if (now == nullptr && before == nullptr) {
    return CrashFinding{Promise::durability, file_name(file) + " is there, and should not be"};
  }
  auto finding = judge_contents(region, inodes, number.value(), now == nullptr ? before : now);
  if (finding) finding->text = file_name(file) + ", " + finding->text;
  return finding;
}

std::optional<CrashFinding> CrashJudge::judge_contents(Region& region, const InodeTable& inodes,
                                                       uint32_t number, const FileId& file) const {
  const LegalFile& after = legal(file);
  const bool changes = in_flight_ && file == changed_;
  const LegalFile& before = changes ? changed_before_ : after;
  const bool at_once = changes && atomic_writes_ && is_write(op_.kind);
  return compare_file(
      region, inodes, number,
      {before, after, at_once ? ByteRange{op_.offset_bytes, op_.length_bytes} : ByteRange{}});
}

}  // namespace daxlab
