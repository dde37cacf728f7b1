#include "core/recovery/map_problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/region/checked_word.h"
#include "core/region/inode_table.h"

namespace daxlab {
namespace {

// All flaws of one node that differ in place only.
struct Alike {
  const MapFlaw* first;
  const MapFlaw* last;
  uint64_t count;
};

ProblemKind kind_of(const MapFlaw& flaw) {
  if (flaw.flaw == Flaw::shared) return ProblemKind::block_shared;
  return flaw.node == 0 ? ProblemKind::map_root : ProblemKind::map_entry;
}

std::string target_text(const MapFlaw& flaw) {
  const uint64_t value = value_of(flaw.content);
  if (flaw.node != 0) return fmt::format("block {}", value);
  return fmt::format("block {} with height {}", value >> map_height_bits,
                     value % (1 << map_height_bits));
}

std::string where_text(const Inode& inode, uint32_t number, const Alike& alike) {
  if (alike.first->node == 0) return file_text(inode, number);
  const uint64_t first = alike.first->pages.pgoff;
  const uint64_t last = alike.last->pages.end() - 1;
  if (first == last) return fmt::format("{}, page {}", file_text(inode, number), first);
  return fmt::format("{}, pages {} to {}", file_text(inode, number), first, last);
}

std::string what_text(const Alike& alike) {
  const MapFlaw& first = *alike.first;
  std::string text = first.node == 0 ? "the map's root " : "the map's entry ";
  switch (first.flaw) {
    case Flaw::damaged:
      text += fmt::format("is damaged ({:#x})", first.content);
      break;
    case Flaw::misleading:
      text += fmt::format("leads to {}, where none can be", target_text(first));
      break;
    case Flaw::past_limit:
      text += "speaks of pages that no file can have";
      break;
    case Flaw::shared:
      text += fmt::format("leads to {}, which is in use already", target_text(first));
      break;
  }
  if (alike.count > 1) text += fmt::format("; {} more of its node are like it", alike.count - 1);
  return text;
}

std::string remedy_text(const MapFlaw& flaw, Remedy remedy) {
  const bool planned = remedy == Remedy::planned;
  std::string hole = flaw.node == 0 ? "the file becomes one hole" : "becomes a hole";
  switch (flaw.mending) {
    case Mending::none:
      return "";
    case Mending::copy:
      return planned ? "gets a copy of its own, if a block is free" : "gets a copy of its own";
    case Mending::correct:
      return "one byte of it was wrong, and is put right";
    case Mending::hole:
      break;
  }
  const bool may_be_put_right = planned && flaw.flaw == Flaw::damaged;
  return may_be_put_right ? "is put right if one byte of it is wrong; else " + hole : hole;
}

bool is_alike(const MapFlaw& one, const MapFlaw& other) {
  return one.flaw == other.flaw && one.mending == other.mending && one.node == other.node;
}

}  // namespace

std::string quoted_name(const Inode& inode) {
  std::string text = "'";
  for (char c : name_in(inode)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f || c == '\'' || c == '\\') {
      text += fmt::format("\\x{:02x}", byte);
    } else {
      text += c;
    }
  }
  return text + "'";
}

std::string file_text(const Inode& inode, uint32_t number) {
  return fmt::format("file {} (inode {})", quoted_name(inode), number);
}

void report_flaws(const Inode& inode, uint32_t number, std::span<const MapFlaw> flaws,
                  Remedy remedy, const std::function<void(const Problem&)>& report) {
  std::vector<Alike> kinds;
  for (const MapFlaw& flaw : flaws) {
    auto known = std::find_if(kinds.begin(), kinds.end(),
                              [&](const Alike& alike) { return is_alike(*alike.first, flaw); });
    if (known == kinds.end()) {
      kinds.push_back({&flaw, &flaw, 1});
    } else {
      known->last = &flaw;
      ++known->count;
    }
  }
  for (const Alike& alike : kinds) {
    report({kind_of(*alike.first), where_text(inode, number, alike), what_text(alike),
            remedy_text(*alike.first, remedy)});
  }
}

}  // namespace daxlab
