#include "core/recovery/map_mending.h"

#include "core/region/checked_word.h"
#include "core/region/inode_table.h"
#include "core/recovery/map_problems.h"
#include "core/recovery/word_correction.h"

namespace daxlab {
namespace {

// More are left to the next round, so that no image says how much memory is taken here.
constexpr size_t max_flaws_at_once = size_t{1} << 20;

// A node with more damaged words than that is no node any more: looking for what each was would
// take long and find chance.
constexpr uint64_t max_corrections_in_node = 64;

bool leads_to_node(const MapFlaw& flaw) { return flaw.node == 0 || flaw.height > 0; }

}  // namespace

// Each round either takes words out of maps, or gives a shared block's second user its own, or puts
// a word right that then leads to a block which nobody used; none of it goes on for ever.
uint64_t MapMending::mend_all() {
  while (mend_some()) {
  }
  return mended_;
}

MapSummary MapMending::summary_of(uint32_t inode) const {
  auto found = summaries_.find(inode);
  return found == summaries_.end() ? MapSummary{} : found->second;
}

// A crash between any two of these stores leaves some words mended and others not. Copies are
// durable before a word leads to them; until then nobody knows of their blocks.
bool MapMending::mend_some() {
  BlockClaims claims(region_.blocks());
  flaws_.clear();
  contested_.clear();
  summaries_.clear();
  walk_all(claims);
  if (flaws_.empty()) return false;
  const uint64_t mended_before = mended_;
  correct_words(claims);
  make_copies(claims);
  store_words();
  report_mended();
  return mended_ > mended_before;
}

// In the order of the check: who comes first keeps a shared block.
void MapMending::walk_all(BlockClaims& claims) {
  uint32_t number = 0;
  const MapWalk::Found found = [&](std::span<const MapFlaw> flaws) { note(number, flaws); };
  MapWalk walk(region_, claims, found);
  for (bool intact : {true, false}) {
    for (number = 0; number < region_.inode_count(); ++number) {
      Inode& inode = region_.inodes()[number];
      if (!is_taken(inode) || name_is_intact(inode) != intact) continue;
      const MapSummary map = walk.walk(inode, max_file_pages,
                                       intact ? MapWalk::Claim::equal : MapWalk::Claim::doubtful);
      if (!intact || !size_is_possible(inode)) summaries_[number] = map;
    }
  }
}

void MapMending::note(uint32_t inode, std::span<const MapFlaw> flaws) {
  for (const MapFlaw& flaw : flaws) {
    if (flaw.mending == Mending::copy) {
      ++contested_[target_of(flaw, flaw.content)];
    }
    if (flaws_.size() < max_flaws_at_once) flaws_.push_back({flaw, inode, 0, false});
  }
}

// Before blocks are given out to copies. A node that is found again may lead to blocks that count
// as free in this round: then all else waits for the next one.
void MapMending::correct_words(BlockClaims& claims) {
  if (!correct(claims, true)) {
    correct(claims, false);
    return;
  }
  for (FileFlaw& file : flaws_) {
    if (file.flaw.mending != Mending::correct) file.flaw.mending = Mending::none;
  }
}

// Roots and words that lead to nodes, or those that lead to pages. Whether any was put right.
bool MapMending::correct(BlockClaims& claims, bool nodes) {
  std::unordered_map<uint64_t, uint64_t> tried;  // by node
  bool any = false;
  for (FileFlaw& file : flaws_) {
    if (file.flaw.flaw != Flaw::damaged || leads_to_node(file.flaw) != nodes) continue;
    if (file.flaw.node != 0 && ++tried[file.flaw.node] > max_corrections_in_node) continue;
    const std::optional<uint64_t> word = corrected_word(region_, claims, file.flaw);
    if (!word) continue;
    file.flaw.mending = Mending::correct;
    file.new_word = *word;
    if (*word != 0) claims.claim(target_of(file.flaw, *word));
    any = true;
  }
  return any;
}

void MapMending::make_copies(BlockClaims& claims) {
  uint64_t spare = region_.first_data_block();
  for (FileFlaw& file : flaws_) {
    MapFlaw& flaw = file.flaw;
    if (flaw.mending != Mending::copy) continue;
    while (spare < region_.end_data_block() && claims.has(spare)) ++spare;
    if (spare == region_.end_data_block()) {
      flaw.mending = Mending::none;
      continue;
    }
    claims.claim(spare);
    const bool is_root = flaw.node == 0;
    const uint64_t block = target_of(flaw, flaw.content);
    region_.persist().copy(region_.address_of(spare), region_.address_of(block), block_bytes);
    file.new_word = seal(is_root ? spare << map_height_bits | flaw.height : spare);
  }
  region_.persist().fence();
}

// A node that is contested may be another file's data, of which there is a copy now: its words are
// mended after those that lead to the copy are durable, or a crash could leave the mended words in
// that file. (Where there was no room for a copy it stays as it is.) Contested nodes do not wait
// for each other in a circle: what waits is a word in a node, for a word in a node above it or in a
// leaf that was walked later, and a leaf cannot contest a node above itself.
void MapMending::store_words() {
  std::vector<FileFlaw*> ready;
  std::unordered_map<uint64_t, std::vector<FileFlaw*>> waiting;  // by the node that is contested
  for (FileFlaw& file : flaws_) {
    if (file.flaw.mending == Mending::none) continue;
    (contested_.contains(file.flaw.node) ? waiting[file.flaw.node] : ready).push_back(&file);
  }
  while (!ready.empty()) {
    std::vector<FileFlaw*> next;
    for (FileFlaw* file : ready) {
      store_word(*file);
      if (file->flaw.mending != Mending::copy) continue;
      const uint64_t copied = target_of(file->flaw, file->flaw.content);
      if (--contested_[copied] > 0) continue;
      contested_.erase(copied);
      auto freed = waiting.extract(copied);
      // If it is the node that is copied, the words that wait are the other file's data from now
      // on; those of the copy come in the next round.
      if (freed.empty() || leads_to_node(file->flaw)) continue;
      next.insert(next.end(), freed.mapped().begin(), freed.mapped().end());
    }
    region_.persist().fence();
    ready = std::move(next);
  }
}

void MapMending::store_word(FileFlaw& file) {
  region_.persist().store_word(file.flaw.word, file.new_word);
  region_.persist().flush(file.flaw.word, sizeof *file.flaw.word);
  file.mended = true;
}

void MapMending::report_mended() {
  std::vector<MapFlaw> of_node;
  for (size_t i = 0; i < flaws_.size(); ++i) {
    const FileFlaw& file = flaws_[i];
    if (file.mended) of_node.push_back(file.flaw);
    const bool goes_on = i + 1 < flaws_.size() && flaws_[i + 1].inode == file.inode &&
                         flaws_[i + 1].flaw.node == file.flaw.node;
    if (goes_on || of_node.empty()) continue;
    report_flaws(region_.inodes()[file.inode], file.inode, of_node, Remedy::done,
                 [this](const Problem& problem) {
                   ++mended_;
                   report_(problem);
                 });
    of_node.clear();
  }
}

}  // namespace daxlab
