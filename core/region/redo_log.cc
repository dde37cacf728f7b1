#include "core/region/redo_log.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "core/region/checksum.h"
#include "core/sync/locked.h"

namespace daxlab {
namespace {

LogWord* log_words(const Region& region) { return reinterpret_cast<LogWord*>(&region.log() + 1); }

uint64_t room_for_words(const Region& region) {
  return (region.superblock().log_blocks * block_bytes - sizeof(LogHeader)) / sizeof(LogWord);
}

// Of everything behind the commit word, up to the last LogWord.
uint64_t checksum_of_record(const Region& region, uint64_t words) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&region.log());
  constexpr uint64_t start = offsetof(LogHeader, words);
  return checksum_of({bytes + start, sizeof(LogHeader) - start + words * sizeof(LogWord)});
}

uint64_t offset_in(const Region& region, const uint64_t* word) {
  return static_cast<uint64_t>(reinterpret_cast<const std::byte*>(word) - region.address_of(0));
}

uint64_t* word_at(const Region& region, uint64_t offset_bytes) {
  return reinterpret_cast<uint64_t*>(region.address_of(0) + offset_bytes);
}

// Inode table and data blocks: what a record may change.
bool may_change(const Region& region, uint64_t offset_bytes) {
  return offset_bytes % sizeof(uint64_t) == 0 &&
         offset_bytes >= region.superblock().inode_table_block * block_bytes &&
         offset_bytes < region.end_data_block() * block_bytes;
}

void write_record(Region& region, std::span<const WordChange> changes) {
  Persist& persist = region.persist();
  LogHeader& header = region.log();
  LogHeader fresh{
      .commit = 0, .words = changes.size(), .sequence = header.sequence + 1, .reserved = {}};
  LogWord* words = log_words(region);
  for (uint64_t i = 0; i < changes.size(); ++i) {
    assert(may_change(region, offset_in(region, changes[i].at)));
    persist.store_word(&words[i].offset_bytes, offset_in(region, changes[i].at));
    persist.store_word(&words[i].value, changes[i].value);
  }
  persist.flush(words, changes.size() * sizeof *words);
  persist.copy(&header, &fresh, sizeof fresh);
}

void make_changes(Region& region, Persist::Where where = Persist::Where::current()) {
  Persist& persist = region.persist();
  const LogWord* words = log_words(region);
  const uint64_t count = region.log().words;
  for (uint64_t first = 0; first < count;) {
    uint64_t* at = word_at(region, words[first].offset_bytes);
    // Neighbours, as the entries of a leaf are, share the flushes of their lines.
    uint64_t run = 0;
    do {
      persist.store_word(at + run, words[first + run].value, where);
      ++run;
    } while (first + run < count && word_at(region, words[first + run].offset_bytes) == at + run);
    persist.flush(at, run * sizeof *at, where);
    first += run;
  }
  persist.fence(where);
}

}  // namespace

// Four steps, a fence after each: the record; the word that makes it count; the changes; the word
// again, since a record that stayed would undo later changes of the same words. The commit word is
// its own step: so a record that is not as it was when it counts is known to be damaged, not torn.
Status RedoLog::commit(std::span<const WordChange> changes) noexcept {
  if (changes.size() > max_log_words) return ErrorCode::too_big;
  const Locked one_at_a_time(mutex_);
  Persist& persist = region_.persist();
  write_record(region_, changes);
  persist.fence();
  uint64_t* commit = &region_.log().commit;
  persist.store_word(commit, checksum_of_record(region_, changes.size()));
  persist.flush(commit, sizeof *commit);
  persist.fence();
  make_changes(region_);
  retire_log(region_);
  return {};
}

LogState state_of_log(const Region& region) {
  const LogHeader& header = region.log();
  if (header.commit == 0) return LogState::idle;
  if (header.words > room_for_words(region)) return LogState::damaged;
  if (header.commit != checksum_of_record(region, header.words)) return LogState::damaged;
  const LogWord* words = log_words(region);
  for (uint64_t i = 0; i < header.words; ++i) {
    if (!may_change(region, words[i].offset_bytes)) return LogState::damaged;
  }
  return LogState::committed;
}

void replay_log(Region& region) {
  assert(state_of_log(region) == LogState::committed);
  make_changes(region);
  retire_log(region);
}

std::vector<uint64_t> blocks_of_replay(const Region& region) {
  assert(state_of_log(region) == LogState::committed);
  std::vector<uint64_t> blocks = {region.superblock().log_block};
  const LogWord* words = log_words(region);
  for (uint64_t i = 0; i < region.log().words; ++i) {
    blocks.push_back(words[i].offset_bytes / block_bytes);
  }
  std::ranges::sort(blocks);
  blocks.erase(std::unique(blocks.begin(), blocks.end()), blocks.end());
  return blocks;
}

void retire_log(Region& region, Persist::Where where) {
  uint64_t* commit = &region.log().commit;
  region.persist().store_word(commit, 0, where);
  region.persist().flush(commit, sizeof *commit, where);
  region.persist().fence(where);
}

}  // namespace daxlab
