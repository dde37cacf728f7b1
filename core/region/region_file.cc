#include "core/region/region_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/trusted_path.h"
#include "core/region/dax_sysfs.h"
#include "core/region/device_bad_blocks.h"
#include "core/region/medium_contents.h"
#include "core/region/redo_log.h"
#include "core/region/space_reservation.h"
#include "core/region/superblock.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;

Error about(const fs::path& path, const std::string& what) {
  return {fmt::format("{}: {}", path.string(), what)};
}

// The error: what cannot be that medium (`*there` says whether it is nothing at all).
std::optional<Error> look_at(const RegionFile& file, bool* there) {
  const auto end = PathEnd::find(file.path);
  if (!end.ok()) return end.error();
  *there = end.value().is_there();
  if (*there) return check_type(file.path, end.value().status(), file.medium);
  // A plain file in place of a device would be in nobody's way until the device comes.
  const bool is_device = file.medium == MediumKind::devdax || file.path.starts_with("/dev/dax");
  if (!is_device) return std::nullopt;
  return about(file.path,
               "there is no such device; make one of a namespace, of which ndctl list -N tells and "
               "whose contents are lost: " +
                   how_to_make_devdax({}));
}

// Opened and looked at, through no mapping yet: that would give holes space.
struct FoundFile {
  Medium medium;
  uint64_t size_bytes;
  bool is_region;
};

ErrorOr<FoundFile> open_and_look(const RegionFile& file, Access access) {
  auto opened = Medium::open(file.path, access, file.medium);
  if (!opened.ok()) return opened.error();
  const uint64_t size_bytes = opened.value().bytes().size();
  const auto is_region = holds_region(opened.value());
  if (!is_region.ok()) return about(file.path, is_region.error().message);
  return FoundFile{opened.take(), size_bytes, is_region.value()};
}

// Those that are listed beside it, and those that the kernel knows of.
BadBlocks all_of(const BadBlocks& listed, const BadBlocks& known) {
  std::vector<uint64_t> all(listed.list().begin(), listed.list().end());
  std::ranges::copy(known.list(), std::back_inserter(all));
  return BadBlocks(std::move(all));
}

// A list of a file's bad blocks outlives what was in the file. It is read before anything is made.
ErrorOr<std::unique_ptr<Region>> make_on(const std::function<ErrorOr<Medium>()>& make_medium,
                                         const RegionFile& file, Counters& counters) {
  const uint64_t blocks = file.size_bytes / block_bytes;
  const auto listed = read_bad_blocks(file.path, blocks);
  if (!listed.ok()) return listed.error();
  auto medium = make_medium();
  if (!medium.ok()) return medium.error();
  const auto known = device_bad_blocks(medium.value(), blocks);
  if (!known.ok()) return known.error();
  auto region = Region::format(medium.take(), counters);
  if (region.ok()) region.value()->set_bad_blocks(all_of(listed.value(), known.value()));
  return region;
}

ErrorOr<std::unique_ptr<Region>> make_new(const RegionFile& file, Counters& counters) {
  return make_on([&] { return Medium::create_file(file.path, file.size_bytes, file.medium); }, file,
                 counters);
}

ErrorOr<std::unique_ptr<Region>> make_anew(Medium medium, const RegionFile& file,
                                           Counters& counters) {
  // Before anything is lost: a list that cannot be used, or that leaves no place for the tables.
  const uint64_t blocks = file.size_bytes / block_bytes;
  const auto known = device_bad_blocks(medium, std::max(blocks, blocks_of(medium)));
  if (!known.ok()) return known.error();
  const Superblock planned = make_superblock(blocks, RegionUuid::fixed);
  if (known.value().has_any({0, planned.first_data_block}) || known.value().has(blocks - 1)) {
    return about(file.path, "the kernel lists bad blocks where the region's tables would be; " +
                                how_to_clear(medium));
  }
  return make_on([&] { return std::move(medium).emptied(file.size_bytes, known.value()); }, file,
                 counters);
}

std::string how_to_make(const fs::path& path) {
  return fmt::format("make one with: daxlab region create {} --size SIZE", path.string());
}

Error not_a_region(const FoundFile& found, const RegionFile& file) {
  std::string remedy = file.create == CreateRegion::never
                           ? "give the path of one"
                           : "give another path, or --force to overwrite it";
  return about(file.path, fmt::format("not a daxlab region ({} bytes; {}); {}", found.size_bytes,
                                      first_bytes(found.medium), remedy));
}

// Whether what is no region may be lost.
ErrorOr<bool> may_be_formatted(const FoundFile& found, const RegionFile& file) {
  if (file.force) return true;
  return is_blank(found.medium);
}

// A device that was opened for reading shows it to all: what replaying a log would store must stay
// here.
std::optional<Error> keep_replay_here(Region& region) {
  const Medium& medium = region.medium();
  if (medium.kind() != MediumKind::devdax || medium.access() == Access::read_write) return {};
  if (state_of_log(region) != LogState::committed) return std::nullopt;
  for (uint64_t block : blocks_of_replay(region)) {
    if (auto error = region.keep_stores_here(block)) return error;
  }
  return std::nullopt;
}

// All that can be wrong with it is looked for before it takes any space.
ErrorOr<std::unique_ptr<Region>> attach(Medium medium, const RegionFile& file, Counters& counters) {
  const auto found = superblock_of(medium);
  if (!found.ok()) return about(file.path, found.error().message);
  const uint64_t blocks = found.value().superblock.blocks;
  const uint64_t there_bytes = blocks * block_bytes;
  if (file.size_bytes != 0 && file.size_bytes != there_bytes) {
    return about(file.path, fmt::format("the region has {} bytes, {} were asked for; ask for its "
                                        "size, or make it anew (create: always), which loses what "
                                        "is in it",
                                        there_bytes, file.size_bytes));
  }
  const auto listed = read_bad_blocks(file.path, blocks);
  if (!listed.ok()) return listed.error();
  const auto known = device_bad_blocks(medium, blocks_of(medium));
  if (!known.ok()) return known.error();
  std::optional<SpaceReservation> space;
  if (medium.access() == Access::read_write && medium.kind() != MediumKind::devdax) {
    auto taken =
        SpaceReservation::take(medium.descriptor(), there_bytes, file.path, is_dax(medium.kind()));
    if (!taken.ok()) {
      return Error{taken.error().message + "; the file has holes: free some space for them"};
    }
    space.emplace(taken.take());
  }
  auto region = Region::attach(std::move(medium), counters, known.value());
  if (!region.ok()) return about(file.path, region.error().message);
  if (auto error = keep_replay_here(*region.value())) return *error;
  if (space) space->keep();
  region.value()->set_bad_blocks(all_of(listed.value(), known.value()));
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
  if (auto error = look_at(file, &there)) return *error;
  if (!there) {
    if (may_make) return make_new(file, counters);
    return about(file.path, "there is no such file; " + how_to_make(file.path));
  }
  auto found = open_and_look(file, Access::read_write);
  if (!found.ok()) return found.error();
  const bool is_region = found.value().is_region;
  if (!is_region) {
    const auto may_format = may_make ? may_be_formatted(found.value(), file) : false;
    if (!may_format.ok()) return may_format.error();
    if (!may_format.value()) return not_a_region(found.value(), file);
  }
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
  if (auto error = look_at(file, &there)) return *error;
  if (!there) return make_new(file, counters);
  auto found = open_and_look(file, Access::read_write);
  if (!found.ok()) return found.error();
  if (!found.value().is_region || force) {
    const auto may_format = may_be_formatted(found.value(), file);
    if (!may_format.ok()) return may_format.error();
    if (!may_format.value()) return not_a_region(found.value(), file);
    return make_anew(std::move(found.value().medium), file, counters);
  }
  return about(path,
               "a daxlab region is there; give another path, or --force to lose what is in it");
}

ErrorOr<std::unique_ptr<Region>> read_region_file(const std::string& path, Counters& counters) {
  const RegionFile file{.path = path};
  bool there = false;
  if (auto error = look_at(file, &there)) return *error;
  if (!there) return about(path, "there is no such file; " + how_to_make(path));
  auto found = open_and_look(file, Access::read_only);
  if (!found.ok()) return found.error();
  if (!found.value().is_region) return not_a_region(found.value(), file);
  return attach(std::move(found.value().medium), file, counters);
}

}  // namespace daxlab
