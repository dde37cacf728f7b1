#include "core/region/medium_contents.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "core/region/device_bad_blocks.h"

namespace daxlab {
namespace {

// A device has no read().
bool is_device(const Medium& medium) { return medium.kind() == MediumKind::devdax; }

ErrorOr<BadBlocks> bad_blocks_of(const Medium& device) {
  return device_bad_blocks(device, blocks_of(device));
}

// -1: it cannot be read.
ssize_t read_start(const Medium& medium, std::span<std::byte> into) {
  if (!is_device(medium)) return pread(medium.descriptor(), into.data(), into.size(), 0);
  const auto bad = bad_blocks_of(medium);
  if (!bad.ok() || bad.value().has(0)) return -1;
  const auto there = medium.bytes().first(std::min(into.size(), medium.bytes().size()));
  std::ranges::copy(there, into.begin());
  return static_cast<ssize_t>(there.size());
}

}  // namespace

uint64_t blocks_of(const Medium& medium) { return medium.bytes().size() / block_bytes; }

ErrorOr<bool> holds_region(const Medium& medium) {
  if (!is_device(medium)) return looks_like_region(medium.descriptor(), medium.bytes().size());
  const auto bad = bad_blocks_of(medium);
  if (!bad.ok()) return bad.error();
  if (looks_like_region(medium.bytes(), bad.value())) return true;
  if (bad.value().has(0) || bad.value().has(blocks_of(medium) - 1)) {
    return Error{"what its first or last block held is lost, and with it whether it is a region; " +
                 how_to_clear(medium)};
  }
  return false;
}

ErrorOr<FoundSuperblock> superblock_of(const Medium& medium) {
  if (!is_device(medium)) return find_superblock(medium.descriptor(), medium.bytes().size());
  const auto bad = bad_blocks_of(medium);
  if (!bad.ok()) return bad.error();
  return find_superblock(medium.bytes(), bad.value());
}

ErrorOr<bool> is_blank(const Medium& medium) {
  if (!is_device(medium)) return false;
  const auto bad = bad_blocks_of(medium);
  if (!bad.ok()) return bad.error();
  constexpr std::array<std::byte, block_bytes> zeros{};
  for (uint64_t block = 0; block < blocks_of(medium); ++block) {
    const std::byte* const bytes = medium.bytes().data() + block * block_bytes;
    if (!bad.value().has(block) && std::memcmp(bytes, zeros.data(), zeros.size()) != 0) {
      return false;
    }
  }
  return true;
}

std::string first_bytes(const Medium& medium) {
  std::array<std::byte, 24> bytes;
  const ssize_t count = read_start(medium, bytes);
  if (count < 0) return "it cannot be read";
  const auto shown = std::span(bytes).first(static_cast<size_t>(count));
  if (shown.empty()) return "it is empty";
  bool is_text = true;
  bool is_zero = true;
  std::string text, numbers;
  for (std::byte byte : shown) {
    auto value = std::to_integer<unsigned char>(byte);
    is_text &= (value >= 0x20 && value < 0x7f) || value == '\n' || value == '\t';
    is_zero &= value == 0;
    text += value == '\n' || value == '\t' ? ' ' : static_cast<char>(value);
    numbers += fmt::format(" {:02x}", value);
  }
  if (is_zero) return "it starts with zeros: empty, or a region whose making was cut short";
  if (is_text) return fmt::format("it starts with the text '{}'", text);
  return "it starts with" + numbers;
}

std::string how_to_clear(const Medium& medium) {
  return is_device(medium) ? "ndctl clear-errors makes such blocks usable"
                           : "remove the file, or give another: what is written first is cleared";
}

}  // namespace daxlab
