// Whether what a recovery found is something that the program before the crash could expect.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/recovery/recovery.h"
#include "core/region/inode_table.h"
#include "core/region/region.h"
#include "harness/crash/crash_verdict.h"
#include "harness/crash/legal_file.h"
#include "harness/histories/history.h"
#include "harness/histories/model.h"

namespace daxlab {

// Follows a history of one thread, operation by operation, as it happened: a short write is told
// with the length that it returned, one that failed without effect not at all. At any moment it
// says of a recovered image whether that is legal then:
//   - What write, truncate, punch, preallocate, create and unlink did is durable when they return;
//     stores through views are when a sync or view_sync of their range has. Until then each word
//     may be any of what was stored to it since.
//   - A write or punch in flight has changed any of its words or none, a word as a whole.
//   - What moves the end of a file is decided by the size. New and larger: all past the old end is
//     there. New and smaller: nothing before the new end has changed. Old: as in the line above,
//     and a cut has taken nothing away.
//   - A create in flight gives an empty file or none, an unlink all of the file or none.
//   - An atomic write in flight is all there, its size too, or nothing of it is.
class CrashJudge {
 public:
  // `atomic_writes`: by the strategy that promises it.
  explicit CrashJudge(bool atomic_writes) : atomic_writes_(atomic_writes) {}

  void op_begins(const Op& op);
  void op_ends();

  // The first broken promise. The region was recovered just now.
  std::optional<CrashFinding> judge(Region& region, const Recovery& recovery) const;

 private:
  using FileId = std::shared_ptr<ModelFile>;  // of one life of a name
  using Names = std::array<FileId, history_files>;
  Names names() const;
  FileId changed_by(const Op& op) const;
  ByteRange made_durable_by(const Op& op) const;
  ByteRange written_by(const Op& op) const;
  const LegalFile& legal(const FileId& file) const;

  std::optional<CrashFinding> judge_name(Region& region, const InodeTable& inodes,
                                         uint32_t file) const;
  std::optional<CrashFinding> judge_contents(Region& region, const InodeTable& inodes,
                                             uint32_t number, const FileId& file) const;

  bool atomic_writes_;
  Model model_;  // the operation in flight included
  std::unordered_map<FileId, LegalFile> legal_;
  // While an operation is in flight.
  bool in_flight_ = false;
  Op op_;
  Names names_before_;
  FileId changed_;
  LegalFile changed_before_;
};

}  // namespace daxlab
