#include "harness/campaign/shard.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <span>

#include "core/region/checksum.h"
#include "harness/report/result_record.h"

namespace daxlab {
namespace {

bool read_number(std::string_view text, uint64_t& number) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end;
}

uint64_t index_of(const std::string& group, uint64_t count) {
  return checksum_of(std::as_bytes(std::span(group))) % count + 1;
}

}  // namespace

std::string Shard::text() const { return fmt::format("{}/{}", index, count); }

ErrorOr<Shard> read_shard(const std::string& text) {
  const std::string_view whole = text;
  const size_t slash = std::min(whole.find('/'), whole.size());
  Shard shard;
  const bool is_one = slash < whole.size() && read_number(whole.substr(0, slash), shard.index) &&
                      read_number(whole.substr(slash + 1), shard.count);
  if (is_one && shard.index >= 1 && shard.index <= shard.count && shard.count <= most_shards) {
    return shard;
  }
  return Error{
      fmt::format("expected I/N, such as 2/4, with I from 1 to N and N at most {}; found '{}'",
                  most_shards, text)};
}

std::string group_of(const SelectedCell& cell) {
  return NameParts::of(cell.cell->name()).value_or(NameParts{}).group();
}

std::vector<SelectedCell> cells_of_shard(const std::vector<SelectedCell>& cells, Shard shard) {
  std::vector<SelectedCell> part;
  std::ranges::copy_if(cells, std::back_inserter(part), [&](const SelectedCell& selected) {
    return index_of(group_of(selected), shard.count) == shard.index;
  });
  return part;
}

uint64_t shards_for(const std::vector<SelectedCell>& cells, uint64_t most) {
  std::set<std::string> groups;
  for (const SelectedCell& selected : cells) groups.insert(group_of(selected));
  uint64_t best = 1;
  size_t most_filled = 0;
  for (uint64_t count = 1; count <= most && most_filled < groups.size(); ++count) {
    std::set<uint64_t> filled;
    for (const std::string& group : groups) filled.insert(index_of(group, count));
    if (filled.size() <= most_filled) continue;
    most_filled = filled.size();
    best = count;
  }
  return best;
}

}  // namespace daxlab
