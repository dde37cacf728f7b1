#include "harness/pairs/pair_table.h"

#include <algorithm>
#include <array>

#include "core/base/sizes.h"
#include "harness/config/quantity.h"
#include "harness/strategies/pairwise.h"

namespace daxlab {
namespace {

constexpr std::array<uint64_t, 6> arounds = {1, 2, 3, 16, 64, 512};
constexpr std::array workloads = {"punch_storm", "truncate_regrow", "mixed",
                                  "write_after_hole_read"};
constexpr std::array<uint64_t, 3> thread_counts = {1, 2, 16};
constexpr std::array<uint64_t, 2> mapping_counts = {1, 5};
constexpr std::array paired_media = {MediumKind::memfd, MediumKind::file};
enum Axis { workload_axis, fault_axis, threads_axis, mappings_axis, medium_axis, userfaultfd_axis };

constexpr uint64_t operations = 512;      // where that is an option
constexpr uint64_t stored_pages = 8;      // after each cut: all of a file would take long
constexpr uint64_t files_of_a_storm = 2;  // punch_storm's own default

std::string bytes_of(uint64_t pages) {
  return format_quantity(pages * page_bytes, OptionUnit::bytes);
}

std::vector<Json> values_of(const OptionDescription& option) {
  std::vector<Json> values;
  if (option.type == OptionType::boolean) return {false, true};
  for (const std::string& word : option.choices) values.emplace_back(word);
  if (option.name == "around") {
    for (const uint64_t pages : arounds) {
      if (pages >= option.minimum && pages <= option.maximum) values.emplace_back(pages);
    }
  }
  return values;
}

uint64_t files_of(const PairRow& row) {
  if (row.workload == "punch_storm") return files_of_a_storm;
  return row.workload == "truncate_regrow" ? row.threads : 1;
}

// Of a punch or write: some span whole windows, all but the largest files have room for more.
uint64_t storm_pages(const PairRow& row) { return std::max<uint64_t>(16, row.fault.around_pages); }

// A block for each page, and for what is on its way, and a quarter more.
uint64_t region_pages(const PairRow& row) {
  const uint64_t data = files_of(row) * row.file_pages() + row.threads * (storm_pages(row) + 1);
  return data + data / 4 + 1024;
}

Json workload_json(const PairRow& row) {
  Json workload = {{"name", row.workload},
                   {"threads", row.threads},
                   {"size", bytes_of(row.file_pages())},
                   {"mappings", row.mappings}};
  if (row.workload == "punch_storm") workload.set("block_size", bytes_of(storm_pages(row)));
  if (row.workload == "truncate_regrow") workload.set("stored_pages", stored_pages);
  if (row.workload != "write_after_hole_read") workload.set("operations", operations);
  return workload;
}

}  // namespace

std::vector<StrategyVariant> variants_of(const PluginDescription& plugin) {
  std::vector<StrategyVariant> variants = {{.choice = Json{{"name", plugin.name}}}};
  for (const OptionDescription& option : plugin.options) {
    const std::vector<Json> values = values_of(option);
    if (values.empty()) continue;
    std::vector<StrategyVariant> longer;
    for (const StrategyVariant& variant : variants) {
      for (const Json& value : values) {
        StrategyVariant& more = longer.emplace_back(variant);
        more.choice.set(option.name, value);
        if (option.name == "around") more.around_pages = value.as_unsigned().value();
      }
    }
    variants = std::move(longer);
  }
  return variants;
}

uint64_t PairRow::file_pages() const {
  // Without `around` it is the kernel that has windows, of 2 MiB.
  const uint64_t windows = 4 * (fault.around_pages == 0 ? max_fault_pages : fault.around_pages);
  // Its operations are as many as its pages.
  const uint64_t fewest = workload == "write_after_hole_read" ? operations : 64;
  return std::max(windows, fewest);
}

uint64_t PairRow::mapped_pages() const { return files_of(*this) * file_pages() * mappings; }

std::vector<PairRow> pair_rows(std::span<const PluginDescription> faults) {
  std::vector<StrategyVariant> variants;
  for (const PluginDescription& plugin : faults) {
    const std::vector<StrategyVariant> its_own = variants_of(plugin);
    variants.insert(variants.end(), its_own.begin(), its_own.end());
  }
  const auto row_of = [&](const std::vector<size_t>& values) {
    PairRow row{.workload = workloads[values[workload_axis]],
                .fault = variants[values[fault_axis]],
                .threads = thread_counts[values[threads_axis]],
                .mappings = mapping_counts[values[mappings_axis]]};
    if (values[medium_axis] != not_chosen) row.medium = paired_media[values[medium_axis]];
    row.userfaultfd_forbidden = values[userfaultfd_axis] == 1;
    return row;
  };
  const auto possible = [&](const std::vector<size_t>& values) {
    const auto end = values.begin() + mappings_axis + 1;
    if (std::find(values.begin(), end, not_chosen) != end) return true;
    return row_of(values).mapped_pages() <= most_mapped_pages;
  };
  constexpr uint64_t ties = 1;
  std::vector<PairRow> rows;
  for (const auto& values : pairwise_rows({workloads.size(), variants.size(), thread_counts.size(),
                                           mapping_counts.size(), paired_media.size(), 2},
                                          possible, ties)) {
    rows.push_back(row_of(values));
  }
  return rows;
}

std::string config_text(const PairRow& row, const std::filesystem::path& region_path) {
  Json region = {{"medium", name_of(row.medium)}, {"size", bytes_of(region_pages(row))}};
  if (row.medium == MediumKind::file) {
    region.set("path", region_path.string());
    region.set("create", "always");
  }
  Json config = {{"engine", "mmu"},
                 {"region", std::move(region)},
                 {"fault", row.fault.choice},
                 {"time_limit", "2min"},
                 {"workloads", Json::list({workload_json(row)})}};
  if (row.userfaultfd_forbidden) config.set("userfaultfd", "forbidden");
  return config.dump();
}

}  // namespace daxlab
