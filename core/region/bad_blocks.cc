#include "core/region/bad_blocks.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "core/base/errno_status.h"
#include "core/base/trusted_path.h"

namespace daxlab {
namespace {

constexpr uint64_t sectors_in_block = block_bytes / sector_bytes;
constexpr uint64_t max_list_bytes = uint64_t{1} << 20;

std::optional<uint64_t> number_at(std::string_view& line) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
  if (error != std::errc{}) return std::nullopt;
  line.remove_prefix(static_cast<size_t>(end - line.data()));
  return value;
}

std::optional<BadSectors> run_of(std::string_view line, uint64_t number) {
  const auto first = number_at(line);
  const size_t blanks = std::min(line.find_first_not_of(" \t"), line.size());
  if (!first || blanks == 0) return std::nullopt;
  line.remove_prefix(blanks);
  const auto sectors = number_at(line);
  if (!sectors || line.find_first_not_of(" \t\r") != std::string_view::npos) return std::nullopt;
  if (*sectors == 0) return std::nullopt;
  return BadSectors{*first, *sectors, number};
}

// For a message: whatever bytes a line has, a person sees plain text.
std::string shown(std::string_view line) {
  std::string text;
  for (char letter : line.substr(0, 40)) {
    text += letter >= 0x20 && letter < 0x7f ? letter : '?';
  }
  return text;
}

}  // namespace

BadBlocks::BadBlocks(std::vector<uint64_t> blocks) : blocks_(std::move(blocks)) {
  std::sort(blocks_.begin(), blocks_.end());
  blocks_.erase(std::unique(blocks_.begin(), blocks_.end()), blocks_.end());
}

uint64_t BadBlocks::first_in(Extent extent) const noexcept {
  const auto first = std::lower_bound(blocks_.begin(), blocks_.end(), extent.block);
  return first == blocks_.end() ? extent.end() : std::min(*first, extent.end());
}

uint64_t BadBlocks::count_in(Extent extent) const noexcept {
  const auto first = std::lower_bound(blocks_.begin(), blocks_.end(), extent.block);
  const auto end = std::lower_bound(first, blocks_.end(), extent.end());
  return static_cast<uint64_t>(end - first);
}

std::string bad_blocks_path_of(const std::string& region_path) {
  return region_path + ".badblocks";
}

ErrorOr<std::vector<BadSectors>> parse_bad_sectors(const std::string& path, std::string_view text) {
  std::vector<BadSectors> runs;
  uint64_t number = 0;
  while (!text.empty()) {
    ++number;
    const size_t length = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const auto run = run_of(line, number);
    if (!run) {
      return Error{fmt::format(
          "{}:{}: '{}' is no run of bad sectors; write the first sector and how many there are "
          "(at least 1), of 512 bytes each, in decimal: '2048 8'",
          path, number, shown(line))};
    }
    runs.push_back(*run);
  }
  return runs;
}

ErrorOr<BadBlocks> parse_bad_blocks(const std::string& path, std::string_view text,
                                    uint64_t region_blocks) {
  const auto runs = parse_bad_sectors(path, text);
  if (!runs.ok()) return runs.error();
  const uint64_t end_sector = region_blocks * sectors_in_block;
  std::vector<bool> bad(region_blocks);  // runs may overlap as often as they like
  for (const BadSectors& run : runs.value()) {
    if (run.first_sector >= end_sector || run.sectors > end_sector - run.first_sector) {
      return Error{fmt::format(
          "{}:{}: sectors {} and {} more lie outside the region, which has {}; is this the list "
          "of another region? Correct it or take it away",
          path, run.line, run.first_sector, run.sectors - 1, end_sector)};
    }
    const uint64_t last = (run.first_sector + run.sectors - 1) / sectors_in_block;
    for (uint64_t block = run.first_sector / sectors_in_block; block <= last; ++block) {
      bad[block] = true;
    }
  }
  std::vector<uint64_t> blocks;
  for (uint64_t block = 0; block < region_blocks; ++block) {
    if (bad[block]) blocks.push_back(block);
  }
  return BadBlocks(std::move(blocks));
}

ErrorOr<BadBlocks> read_bad_blocks(const std::string& region_path, uint64_t region_blocks) {
  const std::string path = bad_blocks_path_of(region_path);
  const auto end = PathEnd::find(path);
  if (!end.ok()) return end.error();
  if (!end.value().is_there()) return BadBlocks();
  if (!S_ISREG(end.value().status().st_mode)) {
    return Error{
        fmt::format("{}: not a plain file; the list of a region's bad blocks is one", path)};
  }
  const OwnedDescriptor file = end.value().open(O_RDONLY);
  if (!file.is_open()) return error_from_errno(path + ": opening the list of bad blocks", errno);
  std::string text(max_list_bytes + 1, '\0');
  size_t length = 0;
  for (ssize_t count = 1; count != 0 && length < text.size();) {
    count = read(file.number(), text.data() + length, text.size() - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return error_from_errno(path + ": reading the list of bad blocks", errno);
    length += static_cast<size_t>(count);
  }
  text.resize(length);
  if (text.size() > max_list_bytes) {
    return Error{fmt::format("{}: more than {} bytes; write neighbouring sectors as one run", path,
                             max_list_bytes)};
  }
  return parse_bad_blocks(path, text, region_blocks);
}

}  // namespace daxlab
