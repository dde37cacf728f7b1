#include "core/recovery/word_correction.h"

#include <algorithm>
#include <span>

#include "core/region/checked_word.h"

namespace daxlab {
namespace {

// Free blocks are full of what they held before: a node is known by its words.
bool looks_like_node(const Region& region, uint64_t block) {
  std::span entries(region.words_of(block), map_fanout);
  return std::ranges::any_of(entries, [](uint64_t word) { return word != 0; }) &&
         std::ranges::all_of(entries, [&](uint64_t word) {
           return word == 0 || (is_intact(word) && region.holds_data(value_of(word)));
         });
}

bool makes_sense(const Region& region, const BlockClaims& claims, const MapFlaw& flaw,
                 uint64_t word) {
  if (word == 0) return true;
  const bool is_root = flaw.node == 0;
  const uint64_t block = target_of(flaw, word);
  const uint64_t height = is_root ? value_of(word) % (1 << map_height_bits) : flaw.height;
  if (!region.holds_data(block) || claims.has(block)) return false;
  if (is_root && (height == 0 || height > max_map_height)) return false;
  return height == 0 || looks_like_node(region, block);
}

// The one intact word a byte away for which accepts(word).
template <class Accepts>
std::optional<uint64_t> one_byte_away(uint64_t damaged, Accepts accepts) {
  std::optional<uint64_t> found;
  for (uint32_t byte = 0; byte < sizeof damaged; ++byte) {
    for (uint64_t change = 1; change < 256; ++change) {
      const uint64_t word = damaged ^ change << (8 * byte);
      if (!is_intact(word) || !accepts(word)) continue;
      if (found) return std::nullopt;
      found = word;
    }
  }
  return found;
}

}  // namespace

std::optional<uint64_t> corrected_word(const Region& region, const BlockClaims& claims,
                                       const MapFlaw& flaw) {
  return one_byte_away(flaw.content,
                       [&](uint64_t word) { return makes_sense(region, claims, flaw, word); });
}

std::optional<uint64_t> corrected_size_word(uint64_t word, uint64_t end_pgoff) {
  return one_byte_away(
      word, [&](uint64_t candidate) { return is_possible_size(value_of(candidate), end_pgoff); });
}

bool is_possible_size(uint64_t size_bytes, uint64_t end_pgoff) {
  const bool covers_all = end_pgoff == 0 || size_bytes > (end_pgoff - 1) * page_bytes;
  return covers_all && size_bytes <= max_file_pages * page_bytes;
}

}  // namespace daxlab
