// `daxlab region info`: what a region is and holds.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include "core/base/json.h"
#include "core/base/printable.h"
#include "core/region/persistence_domain.h"
#include "core/region/region_file.h"
#include "core/registry/registry.h"
#include "harness/commands/bus_error_exit.h"
#include "harness/commands/commands.h"
#include "harness/commands/region_commands.h"
#include "harness/commands/region_words.h"
#include "harness/commands/shared_options.h"
#include "harness/config/quantity.h"
#include "harness/run/allocator_space.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

std::string size_text(const FileSummary& file) {
  if (!file.size_bytes) return "damaged";
  return format_quantity(*file.size_bytes, OptionUnit::bytes);
}

std::string superblock_text(const FoundSuperblock& found) {
  if (found.primary_is_good && found.copy_is_good) return "good, and so is its copy";
  return found.primary_is_good ? "good; its copy is damaged" : "damaged; its copy is good";
}

std::string files_text(const RegionSummary& summary) {
  size_t width = 0;
  for (const FileSummary& file : summary.files) {
    width = std::max(width, printable(file.name).size());
  }
  std::string text;
  for (const FileSummary& file : summary.files) {
    text += fmt::format("    {:<{}}  {:>10}  {:>8} blocks{}\n", printable(file.name), width,
                        size_text(file), file.blocks,
                        file.name_is_intact ? "" : "  (the name is damaged)");
  }
  return text;
}

// What an allocator is not to hand out though no file has it.
std::vector<Extent> lost_blocks_of(const Region& region, const RegionSummary& summary) {
  std::vector<Extent> lost;
  for (const BadBlockUse& use : summary.bad_blocks) {
    if (region.holds_data(use.block) && use.where == "free") lost.push_back({use.block, 1});
  }
  return lost;
}

uint64_t free_blocks_of(const Region& region, const RegionSummary& summary) {
  const uint64_t lost = lost_blocks_of(region, summary).size();
  return region.data_blocks() - summary.contents.used_blocks - lost;
}

struct AskedAllocator {
  const PluginDescription& plugin;
  FreeSpace space;
};

ErrorOr<FreeSpace> ask(const PluginDescription& allocator, const std::string& path,
                       const Region& region, const RegionSummary& summary) {
  if (const uint64_t problems = summary.contents.problems; problems != 0) {
    return Error{
        fmt::format("{}: {} problem{}: an allocator is told only of a region that has none; mend "
                    "with: daxlab region fsck {} --repair",
                    path, problems, problems == 1 ? "" : "s", path)};
  }
  std::vector<Extent> used = summary.contents.used;
  std::ranges::copy(lost_blocks_of(region, summary), std::back_inserter(used));
  std::ranges::sort(used, {}, &Extent::block);
  return ask_free_space(allocator, {region.first_data_block(), region.end_data_block()}, used);
}

std::string allocator_text(const AskedAllocator& asked, uint64_t free_blocks) {
  const FreeSpace& said = asked.space;
  std::string text = fmt::format("  allocator   {} says: {} blocks free, {} in a row, {} reserved",
                                 asked.plugin.name, said.free_blocks, said.largest_extent_blocks,
                                 said.reserved_blocks);
  if (said.free_blocks != free_blocks) text += fmt::format("; wrong: {} are free", free_blocks);
  if (said.reserved_blocks > said.free_blocks) text += "; wrong: more reserved than free";
  return text + "\n";
}

Json allocator_json(const AskedAllocator& asked) {
  return {{"name", asked.plugin.name},
          {"path", asked.plugin.path.string()},
          {"free_blocks", asked.space.free_blocks},
          {"largest_extent_blocks", asked.space.largest_extent_blocks},
          {"reserved_blocks", asked.space.reserved_blocks}};
}

std::string bad_blocks_text(const RegionSummary& summary) {
  std::string text = fmt::format("  bad blocks  {}\n", summary.bad_blocks.size());
  for (const BadBlockUse& use : summary.bad_blocks) {
    text += fmt::format("    {:<10}  {}\n", use.block, use.where);
  }
  return text;
}

std::string as_text(const std::filesystem::path& path, const Region& region,
                    const RegionSummary& summary, const std::optional<AskedAllocator>& asked) {
  const Superblock& super = region.superblock();
  const uint64_t used = summary.contents.used_blocks;
  std::string text = fmt::format("{}: daxlab region {}\n", path.string(), uuid_text(super));
  text += fmt::format(
      "  version     {}; features {:#x} compatible, {:#x} read-only, {:#x} "
      "incompatible\n",
      super.version, super.features_compatible, super.features_read_only,
      super.features_incompatible);
  text += fmt::format("  size        {}: {} blocks of {} bytes\n",
                      format_quantity(super.blocks * super.block_bytes, OptionUnit::bytes),
                      super.blocks, super.block_bytes);
  text += fmt::format("  medium      {}; persistence domain {}\n",
                      name_of(region.medium().kind()), persistence_domain_of(region.medium()));
  text += fmt::format("  geometry    log from block {}, {} inodes from {}, data {} to {}\n",
                      super.log_block, super.inode_count, super.inode_table_block,
                      super.first_data_block, super.end_data_block - 1);
  text +=
      fmt::format("  data        {} blocks used, {} free\n", used, free_blocks_of(region, summary));
  if (asked) text += allocator_text(*asked, free_blocks_of(region, summary));
  text += fmt::format("  superblock  {}\n", superblock_text(region.found()));
  text += fmt::format("  log         {}\n", name_of(summary.log));
  const uint64_t problems = summary.contents.problems;
  text += problems == 0 ? "  problems    none\n"
                        : fmt::format("  problems    {}; see: daxlab region fsck {}\n", problems,
                                      path.string());
  if (!summary.bad_blocks.empty()) text += bad_blocks_text(summary);
  text += fmt::format("  files       {}\n", summary.files.size()) + files_text(summary);
  return text + pending_text(summary);
}

Json as_json(const std::filesystem::path& path, const Region& region,
             const RegionSummary& summary) {
  const Superblock& super = region.superblock();
  const uint64_t used = summary.contents.used_blocks;
  Json files = Json::list();
  for (const FileSummary& file : summary.files) {
    Json entry = {{"name", file.name},
                  {"name_is_intact", file.name_is_intact},
                  {"inode", file.inode},
                  {"size_bytes", nullptr},
                  {"blocks", file.blocks}};
    if (file.size_bytes) entry.set("size_bytes", *file.size_bytes);
    files.add(std::move(entry));
  }
  Json bad_blocks = Json::list();
  for (const BadBlockUse& use : summary.bad_blocks) {
    Json entry = {{"block", use.block}, {"where", use.where}, {"file", nullptr}};
    if (use.file) entry.set("file", *use.file);
    bad_blocks.add(std::move(entry));
  }
  return {{"path", path.string()},
          {"uuid", uuid_text(super)},
          {"version", super.version},
          {"features",
           {{"compatible", super.features_compatible},
            {"read_only", super.features_read_only},
            {"incompatible", super.features_incompatible}}},
          {"medium", name_of(region.medium().kind())},
          {"persistence_domain", persistence_domain_of(region.medium())},
          {"size_bytes", super.blocks * super.block_bytes},
          {"block_bytes", super.block_bytes},
          {"blocks", super.blocks},
          {"log_block", super.log_block},
          {"log_blocks", super.log_blocks},
          {"inode_table_block", super.inode_table_block},
          {"inodes", super.inode_count},
          {"first_data_block", super.first_data_block},
          {"end_data_block", super.end_data_block},
          {"used_blocks", used},
          {"free_blocks", free_blocks_of(region, summary)},
          {"superblock_is_good", region.found().primary_is_good},
          {"superblock_copy_is_good", region.found().copy_is_good},
          {"log", name_of(summary.log)},
          {"recovery_is_pending", summary.recovery_is_pending()},
          {"pending", pending_json(summary)},
          {"problems", summary.contents.problems},
          {"bad_blocks", std::move(bad_blocks)},
          {"files", std::move(files)}};
}

}  // namespace

int run_region_info(const std::filesystem::path& path, bool json,
                    const PluginDescription* allocator) {
  exit_on_bus_error("daxlab region info", path);
  Counters counters;
  const auto region = read_region_file(path, counters);
  if (!region.ok()) {
    return fail_to_begin("region info", region.error());
  }
  const RegionSummary summary = summarize_region(*region.value(), [](const Problem&) {});
  std::optional<AskedAllocator> asked;
  if (allocator != nullptr) {
    const auto said = ask(*allocator, path.string(), *region.value(), summary);
    if (!said.ok()) return fail("region info", exit_failed, said.error().message);
    asked.emplace(AskedAllocator{*allocator, said.value()});
  }
  if (json) {
    Json shown = as_json(path, *region.value(), summary);
    if (asked) shown.set("allocator", allocator_json(*asked));
    print("{}\n", with_sorted_keys(shown).dump(2));
  } else {
    print("{}", as_text(path, *region.value(), summary, asked));
  }
  return exit_passed;
}

namespace {

class RegionInfoCommand final : public Command {
 public:
  CommandTable table() override {
    CommandTable table{
        .name = "info",
        .help = "Show what a region holds",
        .options = {region_path_option(path_),
                    {.name = "--json", .help = "As JSON", .into = &json_},
                    {.name = "--alloc",
                     .value = "NAME",
                     .help = "What this allocator says: free blocks, longest run, reserved",
                     .into = &allocator_}}};
    add_plugin_options(table.options, plugins_);
    return table;
  }
  int run(const TypedLine&) override {
    if (!allocator_) return run_region_info(path_, json_);
    Registry registry(plugins_.search_path());
    const auto found = registry.find(PluginKind::alloc, *allocator_);
    if (!found.ok()) return fail_to_begin("region info", found.error().prefixed("--alloc: "));
    return run_region_info(path_, json_, &found.value());
  }

 private:
  std::string path_;
  bool json_ = false;
  std::optional<std::string> allocator_;
  PluginOptions plugins_;
};

}  // namespace

std::unique_ptr<Command> make_region_info_command() {
  return std::make_unique<RegionInfoCommand>();
}

}  // namespace daxlab
