#include "core/region/region_file.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "core/base/trusted_path.h"
#include "core/region/space_reservation.h"
#include "core/region/superblock.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;

Error about(const fs::path& path, const std::string& what) {
  return {fmt::format("{}: {}", path.string(), what)};
}

// What a file that is no region starts with, for a person to know it by.
std::string first_bytes(int descriptor) {
  std::array<std::byte, 24> bytes;
  const ssize_t count = pread(descriptor, bytes.data(), bytes.size(), 0);
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

// The error: neither a plain file nor nothing at all (`*there` says which).
std::optional<Error> look_at(const fs::path& path, bool* there) {
  const auto end = PathEnd::find(path);
  if (!end.ok()) return end.error();
  *there = end.value().is_there();
  if (!*there || S_ISREG(end.value().status().st_mode)) return std::nullopt;
  if (S_ISDIR(end.value().status().st_mode))
    return about(path, "a folder; give the path of a file");
  return about(path, "a device, pipe or socket; give the path of a plain file");
}

// Opened and looked at, through no mapping yet: that would give holes space.
struct FoundFile {
  Medium medium;
  uint64_t size_bytes;
  bool is_region;
};

ErrorOr<FoundFile> open_and_look(const std::string& path, Access access) {
  auto opened = Medium::open_file(path, access);
  if (!opened.ok()) return opened.error();
  const uint64_t size_bytes = opened.value().bytes().size();
  const auto is_region = looks_like_region(opened.value().descriptor(), size_bytes);
  if (!is_region.ok()) return about(path, is_region.error().message);
  return FoundFile{opened.take(), size_bytes, is_region.value()};
}

// A list of a file's bad blocks outlives what was in the file. It is read before anything is made.
ErrorOr<std::unique_ptr<Region>> make_on(const std::function<ErrorOr<Medium>()>& make_medium,
                                         const RegionFile& file, Counters& counters) {
  auto bad = read_bad_blocks(file.path, file.size_bytes / block_bytes);
  if (!bad.ok()) return bad.error();
  auto medium = make_medium();
  if (!medium.ok()) return medium.error();
  auto region = Region::format(medium.take(), counters);
  if (region.ok()) region.value()->set_bad_blocks(bad.take());
  return region;
}

ErrorOr<std::unique_ptr<Region>> make_new(const RegionFile& file, Counters& counters) {
  return make_on([&] { return Medium::create_file(file.path, file.size_bytes); }, file, counters);
}

ErrorOr<std::unique_ptr<Region>> make_anew(Medium medium, const RegionFile& file,
                                           Counters& counters) {
  return make_on([&] { return std::move(medium).emptied(file.size_bytes); }, file, counters);
}

std::string how_to_make(const fs::path& path) {
  return fmt::format("make one with: daxlab region create {} --size SIZE", path.string());
}

Error not_a_region(const FoundFile& found, const RegionFile& file) {
  std::string remedy = file.create == CreateRegion::never
                           ? "give the path of one"
                           : "give another path, or --force to overwrite it";
  return about(file.path, fmt::format("not a daxlab region ({} bytes; {}); {}", found.size_bytes,
                                      first_bytes(found.medium.descriptor()), remedy));
}

// All that can be wrong with it is looked for before it takes any space.
ErrorOr<std::unique_ptr<Region>> attach(Medium medium, const RegionFile& file, Counters& counters) {
  const auto found = find_superblock(medium.descriptor(), medium.bytes().size());
  if (!found.ok()) return about(file.path, found.error().message);
  const uint64_t blocks = found.value().superblock.blocks;
  const uint64_t there_bytes = blocks * block_bytes;
  if (file.size_bytes != 0 && file.size_bytes != there_bytes) {
    return about(file.path, fmt::format("the region has {} bytes, {} were asked for; ask for its "
                                        "size, or make it anew (create: always), which loses what "
                                        "is in it",
                                        there_bytes, file.size_bytes));
  }
  auto bad = read_bad_blocks(file.path, blocks);
  if (!bad.ok()) return bad.error();
  std::optional<SpaceReservation> space;
  if (medium.access() == Access::read_write) {
    auto taken = SpaceReservation::take(medium.descriptor(), there_bytes, file.path);
    if (!taken.ok()) {
      return Error{taken.error().message + "; the file has holes: free some space for them"};
    }
    space.emplace(taken.take());
  }
  auto region = Region::attach(std::move(medium), counters);
  if (!region.ok()) return about(file.path, region.error().message);
  if (space) space->keep();
  region.value()->set_bad_blocks(bad.take());
  return region;
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
  auto found = open_and_look(file.path, Access::read_write);
  if (!found.ok()) return found.error();
  const bool is_region = found.value().is_region;
  if (!is_region && !(may_make && file.force)) return not_a_region(found.value(), file);
  if (!is_region || file.create == CreateRegion::always) {
    return make_anew(std::move(found.value().medium), file, counters);
  }
  return attach(std::move(found.value().medium), file, counters);
}

ErrorOr<std::unique_ptr<Region>> create_region_file(const std::string& path, uint64_t size_bytes,
                                                    bool force, Counters& counters) {
  if (auto error = check_region_size(size_bytes)) return *error;
  const RegionFile file{
      .path = path, .size_bytes = size_bytes, .create = CreateRegion::always, .force = force};
  bool there = false;
  if (auto error = look_at(path, &there)) return *error;
  if (!there) return make_new(file, counters);
  auto found = open_and_look(path, Access::read_write);
  if (!found.ok()) return found.error();
  if (force) return make_anew(std::move(found.value().medium), file, counters);
  if (!found.value().is_region) return not_a_region(found.value(), file);
  return about(path,
               "a daxlab region is there; give another path, or --force to lose what is in it");
}

ErrorOr<std::unique_ptr<Region>> read_region_file(const std::string& path, Counters& counters) {
  const RegionFile file{.path = path};
  bool there = false;
  if (auto error = look_at(path, &there)) return *error;
  if (!there) return about(path, "there is no such file; " + how_to_make(path));
  auto found = open_and_look(path, Access::read_only);
  if (!found.ok()) return found.error();
  if (!found.value().is_region) return not_a_region(found.value(), file);
  return attach(std::move(found.value().medium), file, counters);
}

}  // namespace daxlab
