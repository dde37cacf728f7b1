#include "core/region/region_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "core/region/superblock.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;

Error about(const fs::path& path, const std::string& what) {
  return {fmt::format("{}: {}", path.string(), what)};
}

// What a file that is no region starts with, for a person to know it by.
std::string first_bytes(std::span<const std::byte> bytes) {
  constexpr size_t most_shown = 24;
  std::span<const std::byte> shown = bytes.first(std::min(bytes.size(), most_shown));
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

// nullopt: a plain file, or nothing at all (`*there` says which).
std::optional<Error> look_at(const fs::path& path, bool* there) {
  std::error_code error;
  fs::file_status status = fs::status(path, error);
  *there = status.type() != fs::file_type::not_found;
  switch (status.type()) {
    case fs::file_type::regular:
    case fs::file_type::not_found:
      return std::nullopt;
    case fs::file_type::directory:
      return about(path, "a folder; give the path of a file");
    case fs::file_type::none:
      return about(path, error.message());
    default:
      return about(path, "a device, pipe or socket; give the path of a plain file");
  }
}

// Before anything is given up or made: what the file system has, besides what the file itself
// holds.
std::optional<Error> check_disk_space(const fs::path& path, uint64_t held_bytes,
                                      uint64_t size_bytes) {
  fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return about(path, fmt::format("there is no folder {}; make it first", folder.string()));
  }
  fs::space_info space = fs::space(folder, error);
  if (error || space.available + held_bytes >= size_bytes) return std::nullopt;
  return about(path, fmt::format("needs {} bytes, its file system has {} free; free some, or "
                                 "make the region smaller",
                                 size_bytes, space.available));
}

// A list of a file's bad blocks outlives what was in the file.
ErrorOr<std::unique_ptr<Region>> with_bad_blocks(ErrorOr<std::unique_ptr<Region>> made,
                                                 const fs::path& path) {
  if (!made.ok()) return made;
  std::unique_ptr<Region> region = made.take();
  auto bad = read_bad_blocks(path, region->blocks());
  if (!bad.ok()) return bad.error();
  region->set_bad_blocks(bad.take());
  return region;
}

ErrorOr<std::unique_ptr<Region>> make_new(const RegionFile& file, Counters& counters) {
  if (auto error = check_disk_space(file.path, 0, file.size_bytes)) return *error;
  auto medium = Medium::create_file(file.path, file.size_bytes);
  if (!medium.ok()) return medium.error();
  return with_bad_blocks(Region::format(medium.take(), counters), file.path);
}

ErrorOr<std::unique_ptr<Region>> make_anew(Medium medium, const RegionFile& file,
                                           Counters& counters) {
  uint64_t held_bytes = medium.bytes().size();
  if (auto error = check_disk_space(file.path, held_bytes, file.size_bytes)) return *error;
  auto emptied = std::move(medium).emptied(file.size_bytes);
  if (!emptied.ok()) {
    // What was there is lost already; an empty file is no obstacle to the next try, and holds no
    // space.
    std::error_code ignored;
    fs::resize_file(file.path, 0, ignored);
    return emptied.error();
  }
  return with_bad_blocks(Region::format(emptied.take(), counters), file.path);
}

std::string how_to_make(const fs::path& path) {
  return fmt::format("make one with: daxlab region create {} --size SIZE", path.string());
}

Error not_a_region(const Medium& medium, const RegionFile& file) {
  std::string remedy = file.create == CreateRegion::never
                           ? "give the path of one"
                           : "give another path, or --force to overwrite it";
  return about(file.path, fmt::format("not a daxlab region ({} bytes; {}); {}",
                                      medium.bytes().size(), first_bytes(medium.bytes()), remedy));
}

ErrorOr<std::unique_ptr<Region>> attach(Medium medium, const RegionFile& file, Counters& counters) {
  if (medium.access() == Access::read_write) {
    if (auto error = medium.reserve_space()) {
      return Error{error->message + "; the file has holes: free some space for them"};
    }
  }
  auto region = Region::attach(std::move(medium), counters);
  if (!region.ok()) return about(file.path, region.error().message);
  uint64_t there_bytes = region.value()->blocks() * block_bytes;
  if (file.size_bytes != 0 && file.size_bytes != there_bytes) {
    return about(file.path, fmt::format("the region has {} bytes, {} were asked for; ask for its "
                                        "size, or make it anew (create: always), which loses what "
                                        "is in it",
                                        there_bytes, file.size_bytes));
  }
  return with_bad_blocks(std::move(region), file.path);
}

}  // namespace

const char* name_of(CreateRegion create) noexcept {
  switch (create) {
    case CreateRegion::never:
      return "never";
    case CreateRegion::if_missing:
      return "if_missing";
    case CreateRegion::always:
      return "always";
  }
  return "?";
}

ErrorOr<std::unique_ptr<Region>> open_region_file(const RegionFile& file, Counters& counters) {
  const bool may_make = file.create != CreateRegion::never;
  if (may_make) {
    if (auto error = check_region_size(file.size_bytes)) return *error;
  }
  bool there = false;
  if (auto error = look_at(file.path, &there)) return *error;
  if (!there) {
    if (may_make) return make_new(file, counters);
    return about(file.path, "there is no such file; " + how_to_make(file.path));
  }
  auto opened = Medium::open_file(file.path, Access::read_write);
  if (!opened.ok()) return opened.error();
  std::span<const std::byte> bytes = opened.value().bytes();
  if (bytes.empty()) {
    if (may_make) return make_anew(opened.take(), file, counters);
    return about(file.path, "the file is empty; " + how_to_make(file.path));
  }
  const bool is_region = looks_like_region(bytes);
  if (!is_region && !(may_make && file.force)) return not_a_region(opened.value(), file);
  if (!is_region || file.create == CreateRegion::always) {
    return make_anew(opened.take(), file, counters);
  }
  return attach(opened.take(), file, counters);
}

ErrorOr<std::unique_ptr<Region>> create_region_file(const std::string& path, uint64_t size_bytes,
                                                    bool force, Counters& counters) {
  if (auto error = check_region_size(size_bytes)) return *error;
  const RegionFile file{
      .path = path, .size_bytes = size_bytes, .create = CreateRegion::always, .force = force};
  bool there = false;
  if (auto error = look_at(path, &there)) return *error;
  if (!there) return make_new(file, counters);
  auto opened = Medium::open_file(path, Access::read_write);
  if (!opened.ok()) return opened.error();
  std::span<const std::byte> bytes = opened.value().bytes();
  if (bytes.empty() || force) return make_anew(opened.take(), file, counters);
  if (!looks_like_region(bytes)) return not_a_region(opened.value(), file);
  return about(path,
               "a daxlab region is there; give another path, or --force to lose what is in it");
}

ErrorOr<std::unique_ptr<Region>> read_region_file(const std::string& path, Counters& counters) {
  const RegionFile file{.path = path};
  bool there = false;
  if (auto error = look_at(path, &there)) return *error;
  if (!there) return about(path, "there is no such file; " + how_to_make(path));
  auto opened = Medium::open_file(path, Access::read_only);
  if (!opened.ok()) return opened.error();
  std::span<const std::byte> bytes = opened.value().bytes();
  if (bytes.empty()) return about(path, "the file is empty; " + how_to_make(path));
  if (!looks_like_region(bytes)) return not_a_region(opened.value(), file);
  return attach(opened.take(), file, counters);
}

}  // namespace daxlab
