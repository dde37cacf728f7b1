#include "harness/conformance/full_region.h"

#include <fmt/format.h>

#include <algorithm>

namespace daxlab {
namespace {

using Found = std::optional<Finding>;

Found not_ok(const char* what, ErrorCode code) {
  return Finding{fmt::format("{} is ok", what), describe(code), {}};
}

Found expect_word(const Result<uint64_t>& seen, uint64_t expected, const char* where) {
  if (seen.ok() && seen.value() == expected) return std::nullopt;
  return Finding{fmt::format("{} gives {:#x}", where, expected),
                 seen.ok() ? fmt::format("{:#x}", seen.value()) : describe(seen.code()),
                 {}};
}

// Page 0 has a block, page 5 is the hole that is stored to.
Found store_without_space(Lab& lab, File& file) {
  constexpr uint64_t hole = 5 * page_bytes;
  auto first = file.map({0, 8});
  auto second = file.map({4, 4});
  if (!first.ok() || !second.ok()) return not_ok("map", (first.ok() ? second : first).code());
  View& view = *first.value();
  if (auto finding = fill_but(lab, 0)) return finding;
  // Whoever serves reads with blocks may refuse them; nobody may show anything but zeros.
  const Result<uint64_t> loaded = view.try_load(hole);
  if (loaded.ok() && loaded.value() != 0) return expect_word(loaded, 0, "a load of the hole");
  if (view.try_store(hole, 7).ok()) {
    return Finding{"a store to a hole is a bus error when no block is free", "it was done", {}};
  }
  std::vector<std::byte> bytes;
  if (auto finding = read_all(file, bytes)) return finding;
  if (std::any_of(bytes.begin() + hole, bytes.begin() + hole + page_bytes,
                  [](std::byte byte) { return byte != std::byte{0}; })) {
    return Finding{"a store that was a bus error changes nothing", "the hole has bytes", {}};
  }
  auto filler = lab.files().open("filler");
  if (!filler.ok()) return not_ok("open", filler.code());
  if (Status status = filler.value()->punch({0, 8 * page_bytes}); !status.ok()) {
    return not_ok("punch", status.code());
  }
  if (Status status = view.try_store(hole, 8); !status.ok()) {
    return Finding{"with space again, the same store works", describe(status.code()), {}};
  }
  if (auto finding = expect_word(second.value()->try_load(hole - 4 * page_bytes), 8,
                                 "a load through another view")) {
    return finding;
  }
  return expect_word(view.try_load(hole + 8), 0, "a load beside the store");
}

}  // namespace

Found on_each_lab_of(const Subject& subject, uint64_t region_bytes, const LabBody& body) {
  for (LabSetting setting : all_settings(subject.kind())) {
    setting.region_bytes = region_bytes;
    if (auto finding = on_lab(subject, setting, body)) return finding;
  }
  return std::nullopt;
}

Found fill_but(Lab& lab, uint64_t free_blocks) {
  const auto filler = lab.files().create("filler");
  if (!filler.ok()) return not_ok("create", filler.code());
  File& file = *filler.value();
  const std::vector<std::byte> bytes = numbered_bytes(page_bytes, 1);
  const uint64_t longest = std::min<uint64_t>(page_bytes, file.max_write_bytes());
  const uint64_t capacity_bytes = lab.files().space_use().total_blocks * block_bytes;
  for (;;) {
    const auto written = file.write(file.size_bytes(), std::span(bytes).first(longest));
    if (written.code() == ErrorCode::no_space) break;
    if (!written.ok()) return not_ok("a write before space runs out", written.code());
    if (written.value() == 0) return Finding{"no_space, when nothing was written", "0 bytes", {}};
    if (file.size_bytes() > capacity_bytes) {
      return Finding{
          fmt::format("no_space before {} bytes are written, which is all", capacity_bytes),
          fmt::format("a file of {} bytes", file.size_bytes()),
          {}};
    }
  }
  for (uint64_t pgoff = 0; lab.files().space_use().free_blocks < free_blocks; ++pgoff) {
    if (pgoff * page_bytes >= file.size_bytes()) break;
    if (Status status = file.punch({pgoff * page_bytes, page_bytes}); !status.ok()) {
      return not_ok("punch", status.code());
    }
  }
  return std::nullopt;
}

std::vector<std::byte> numbered_bytes(uint64_t length_bytes, uint64_t first) {
  std::vector<std::byte> bytes(length_bytes);
  for (uint64_t i = 0; i < length_bytes; ++i) {
    bytes[i] = static_cast<std::byte>((first + i * 7 + i / 251) | 1);
  }
  return bytes;
}

Found read_all(File& file, std::vector<std::byte>& into) {
  into.resize(file.size_bytes());
  const auto read = file.read(0, into);
  if (!read.ok()) return not_ok("read", read.code());
  if (read.value() == into.size()) return std::nullopt;
  return Finding{fmt::format("read gives all {} bytes of the file", into.size()),
                 fmt::format("{}", read.value()),
                 {}};
}

Found check_stores_without_space(Lab& lab) {
  Found finding;
  {
    auto file = lab.files().create("holes");
    if (!file.ok()) return not_ok("create", file.code());
    const auto bytes = numbered_bytes(8, 1);
    const auto written = file.value()->write(0, bytes);  // the block map has its node
    if (!written.ok()) return not_ok("write", written.code());
    if (Status status = file.value()->truncate(8 * page_bytes); !status.ok()) {
      return not_ok("truncate", status.code());
    }
    finding = store_without_space(lab, *file.value());
  }
  static_cast<void>(lab.files().unlink("holes"));  // settle() looks whether all is given back
  static_cast<void>(lab.files().unlink("filler"));
  return finding;
}

}  // namespace daxlab
