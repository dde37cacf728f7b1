#include "harness/config/region_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

#include "harness/config/keys.h"
#include "harness/config/node_checks.h"
#include "harness/config/quantity.h"

namespace daxlab {
namespace {

// Where cells first get each medium; nullopt: no cell has it.
std::optional<Location> place_of(MediumKind medium, const MatrixPlan& plan) {
  for (const Placed<MediumKind>& value : plan.axes.medium) {
    if (value.value == medium) return value.at;
  }
  for (const IncludedCell& include : plan.includes) {
    const MatrixPoint& point = include.point;
    if (point.engine != EngineKind::baseline && point.medium == medium) return include.at;
  }
  return std::nullopt;
}

uint64_t read_size(const Node& node, FirstProblem& problems) {
  const uint64_t bytes = read_number(node, "size", region_size_range, problems);
  if (bytes % block_bytes != 0) {
    problems.report(node.at, fmt::format("size: {} is not a multiple of 4KiB",
                                         format_quantity(bytes, OptionUnit::bytes)));
  }
  return bytes;
}

std::filesystem::path read_path(const Node& node, FirstProblem& problems) {
  const char* const expected = "a file such as /var/tmp/lab.pmem, or a device";
  if (!check_kind(node, Node::Kind::scalar, "path of region", expected, problems)) return {};
  if (node.text.empty()) {
    problems.report(node.at, fmt::format("path of region: expected {}, {}", expected, found(node)));
  }
  return node.text;
}

CreateRegion read_create(const Node& node, FirstProblem& problems) {
  const std::optional<size_t> index =
      read_word(node, "value for create of region", words_of(creations), problems);
  return index ? creations[*index] : CreateRegion::if_missing;
}

struct PlacedMedium {
  MediumKind kind;
  Location at;
};

// The first medium with a path that cells have.
std::optional<PlacedMedium> first_with_path(const MatrixPlan& plan) {
  for (const MediumKind kind : media) {
    if (!has_path(kind)) continue;
    if (const auto at = place_of(kind, plan)) return PlacedMedium{kind, *at};
  }
  return std::nullopt;
}

// "file, fsdax or devdax"
std::string media_with_path() {
  std::vector<std::string> names;
  for (const MediumKind kind : media) {
    if (has_path(kind)) names.emplace_back(name_of(kind));
  }
  const std::string last = names.back();
  names.pop_back();
  return fmt::format("{} or {}", fmt::join(names, ", "), last);
}

std::string example_of(MediumKind kind) {
  const char* path = "/var/tmp/lab.pmem";
  if (kind == MediumKind::fsdax) path = "/mnt/ext4-dax/region";
  if (kind == MediumKind::devdax) path = "/dev/dax0.0";
  return fmt::format("{{medium: {}, path: {}, size: 64MiB}}", name_of(kind), path);
}

// One path is a file or a device.
void check_one_type(const MatrixPlan& plan, FirstProblem& problems) {
  const auto device_at = place_of(MediumKind::devdax, plan);
  if (!device_at) return;
  for (const MediumKind kind : {MediumKind::file, MediumKind::fsdax}) {
    if (!place_of(kind, plan)) continue;
    problems.report(*device_at,
                    fmt::format("medium {} takes a device and medium {} a file, and region has one "
                                "path; write a config for each",
                                name_of(MediumKind::devdax), name_of(kind)));
  }
}

// Keys that say nothing, and keys that are missing.
void check_keys_of_path(const Node& root, const MatrixPlan& plan, FirstProblem& problems) {
  const Node* region = root.find("region");
  const auto entry = [&](const char* key) {
    return region == nullptr ? nullptr : region->find_entry(key);
  };
  const std::optional<PlacedMedium> with_path = first_with_path(plan);
  if (!with_path) {
    for (const char* key : {"path", "create"}) {
      if (entry(key) == nullptr) continue;
      problems.report(entry(key)->key_at,
                      fmt::format("{} of region is for medium {} only, which no cell has; remove "
                                  "it, or set medium: {}",
                                  key, media_with_path(), name_of(MediumKind::file)));
    }
    return;
  }
  const auto [kind, at] = *with_path;
  if (entry("path") == nullptr) {
    problems.report(at, fmt::format("medium {} needs the key 'path' of region, as in {}",
                                    name_of(kind), example_of(kind)));
  }
  const bool may_make = plan.common.create != CreateRegion::never;
  if (entry("size") == nullptr && (may_make || place_of(MediumKind::memfd, plan))) {
    problems.report(at, fmt::format("medium {} needs the key 'size' of region, as in size: 64MiB, "
                                    "unless all cells have it and create is never",
                                    name_of(kind)));
  }
  check_one_type(plan, problems);
}

}  // namespace

void read_region(const Node& root, MatrixPlan& plan, FirstProblem& problems) {
  Cell& common = plan.common;
  common.region_bytes = region_size_range.default_value;
  const Node* region = root.find("region");
  if (region != nullptr) {
    if (!check_kind(*region, Node::Kind::map, "region", "{medium: memfd, size: 64MiB}", problems)) {
      return;
    }
    check_keys(*region, "key of region", names_of(region_keys()), problems);
    if (const Node* node = region->find("path")) common.region_path = read_path(*node, problems);
    if (const Node* node = region->find("create")) common.create = read_create(*node, problems);
    if (const Node* node = region->find("size")) {
      common.region_bytes = read_size(*node, problems);
    } else if (common.create == CreateRegion::never) {
      common.region_bytes = 0;  // as large as it is
    }
  }
  check_keys_of_path(root, plan, problems);
}

}  // namespace daxlab
