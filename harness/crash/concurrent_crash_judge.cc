#include "harness/crash/concurrent_crash_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/base/sizes.h"
#include "core/region/block_map.h"
#include "harness/crash/account_judge.h"
#include "harness/histories/history.h"
#include "harness/histories/random.h"

namespace daxlab {

ConcurrentCrashJudge::ConcurrentCrashJudge(const ConcurrentProgram& program,
                                           const std::vector<Event>& events)
    : program_(program),
      events_(events),
      files_(program.files, LegalSharedFile(program.file_pages * page_bytes)) {}

bool ConcurrentCrashJudge::promises(uint64_t op) const {
  return is_durable_when_answered(events_[op]) || syncs(events_[op]);
}

void ConcurrentCrashJudge::op_begins(uint64_t op) {
  const Event& event = events_[op];
  in_flight_[op] = ++now_;
  files_[event.op.file].begins(event, op, now_);
}

void ConcurrentCrashJudge::op_ends(uint64_t op) {
  const Event& event = events_[op];
  const Ticket invoked = in_flight_.at(op);
  in_flight_.erase(op);
  files_[event.op.file].ends(event, op, invoked, ++now_);
}

std::optional<CrashFinding> ConcurrentCrashJudge::judge(Region& region,
                                                        const Recovery& recovery) const {
  const InodeTable inodes(region);
  if (auto finding = judge_accounts(region, inodes, recovery)) return finding;
  for (uint32_t file = 0; file < files_.size(); ++file) {
    if (auto finding = judge_file(region, inodes, file)) {
      finding->text = file_name(file) + ", " + finding->text;
      return finding;
    }
  }
  const uint64_t taken = inodes.taken().size();
  if (taken == files_.size()) return std::nullopt;
  return CrashFinding{
      .promise = Promise::isolation,
      .text = fmt::format("{} files, of which nobody made {}", taken, taken - files_.size())};
}

std::optional<CrashFinding> ConcurrentCrashJudge::judge_file(Region& region,
                                                             const InodeTable& inodes,
                                                             uint32_t number) const {
  static constexpr std::array<uint64_t, words_per_page> hole{};
  const auto inode = inodes.find(file_name(number));
  if (!inode.ok()) return CrashFinding{.promise = Promise::durability, .text = "is not there"};
  const LegalSharedFile& file = files_[number];
  const uint64_t size_bytes = inodes.size_bytes(inode.value());
  const auto grown = file.explain_size(size_bytes);
  if (!grown) {
    return CrashFinding{
        .promise = file.has_had_size(size_bytes) ? Promise::durability : Promise::size,
        .text = fmt::format("size {}, legal {}", size_bytes, file.size_text())};
  }
  const BlockMap map(region, inodes.inode(inode.value()));
  const uint64_t pages = (size_bytes + page_bytes - 1) / page_bytes;
  for (uint64_t pgoff = 0; pgoff < pages; ++pgoff) {
    const uint64_t block = map.find(pgoff);
    const uint64_t* seen = block == 0 ? hole.data() : region.words_of(block);
    const uint64_t first = pgoff * words_per_page;
    const uint64_t words = std::min(words_per_page, size_bytes / word_bytes - first);
    if (auto finding = file.judge_words(first, seen, words, *grown)) return finding;
  }
  const uint64_t past_end = map.next_block({pages, max_file_pages - pages});
  if (past_end == max_file_pages) return std::nullopt;
  return CrashFinding{
      .promise = Promise::accounting,
      .text = fmt::format("page {} has a block, past the end at {}", past_end, size_bytes)};
}

// What a read has answered says nothing of what a crash may find.
uint64_t ConcurrentCrashJudge::fingerprint(uint64_t op) const {
  const Event& event = events_[op];
  uint64_t hash = mix_bits(event.thread);
  for (const uint64_t part :
       {static_cast<uint64_t>(event.op.kind), static_cast<uint64_t>(event.op.file),
        event.op.offset_bytes, event.op.words, event.op.value, static_cast<uint64_t>(event.code),
        may_change(event) ? event.count_bytes : 0}) {
    hash = mix_bits(hash ^ part);
  }
  return hash;
}

std::string ConcurrentCrashJudge::run_text() const {
  return fmt::format("program of seed {}", program_.seed);
}

std::string ConcurrentCrashJudge::moment_text() const {
  if (in_flight_.empty()) return "between operations";
  std::string text = "in flight:";
  for (const auto& [op, invoked] : in_flight_) {
    const Event& event = events_[op];
    text += fmt::format(" event {} (thread {}, {} f{} offset {})", op, event.thread,
                        name_of(event.op.kind), event.op.file, event.op.offset_bytes);
  }
  return text;
}

}  // namespace daxlab
