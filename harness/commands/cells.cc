// `daxlab cells`: what configs would run, for people, or as a matrix of jobs.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/json.h"
#include "harness/campaign/shard.h"
#include "harness/commands/commands.h"
#include "harness/commands/load_configs.h"
#include "harness/commands/shared_options.h"
#include "harness/config/nearest_name.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

// GitHub takes no matrix of more.
constexpr uint64_t most_github_jobs = 256;

struct CellsArguments {
  std::vector<std::string> configs, overrides, cells_globs;
  std::string format = "names";
  uint64_t shards = 0;  // 0: one for each table, if that can be
  PluginOptions plugins;
};

// Each table once, in order.
std::vector<std::string> workloads_of(const std::vector<SelectedCell>& cells) {
  std::vector<std::string> groups, workloads;
  for (const SelectedCell& selected : cells) {
    const std::string group = group_of(selected);
    if (std::ranges::count(groups, group) != 0) continue;
    groups.push_back(group);
    workloads.push_back(selected.cell->workload.name);
  }
  return workloads;
}

// "2-of-4-hole_read-and-3-more": of letters that names of artifacts and files may have.
std::string job_name(Shard shard, const std::vector<std::string>& workloads) {
  std::string name = fmt::format("{}-of-{}-{}", shard.index, shard.count, workloads.front());
  if (workloads.size() > 1) name += fmt::format("-and-{}-more", workloads.size() - 1);
  return name;
}

Json github_matrix(const std::vector<SelectedCell>& cells, uint64_t shards) {
  Json jobs = Json::list();
  for (uint64_t index = 1; index <= shards; ++index) {
    const Shard shard{index, shards};
    const auto part = cells_of_shard(cells, shard);
    if (part.empty()) continue;
    jobs.add({{"name", job_name(shard, workloads_of(part))},
              {"shard", shard.text()},
              {"cells", part.size()}});
  }
  return {{"include", std::move(jobs)}};
}

int show_cells(const CellsArguments& arguments) {
  const std::vector<std::string> formats = {"names", "github"};
  if (std::ranges::count(formats, arguments.format) == 0) {
    return fail("cells", exit_usage,
                fmt::format("--format {}: {}", arguments.format,
                            expected_names(arguments.format, formats)));
  }
  if (arguments.shards != 0 && arguments.format != "github") {
    return fail("cells", exit_usage, "--shards is of --format github; leave it out, or add that");
  }
  const auto configs =
      load_configs(arguments.configs, arguments.overrides, arguments.plugins.search_path());
  if (!configs.ok()) return fail_to_begin("cells", configs.error());
  const auto cells = select_cells(configs.value(), arguments.cells_globs);
  if (!cells.ok()) return fail_to_begin("cells", cells.error());
  if (arguments.format == "github") {
    const uint64_t shards =
        arguments.shards != 0 ? arguments.shards : shards_for(cells.value(), most_github_jobs);
    print("{}\n", github_matrix(cells.value(), shards).dump());
  } else {
    for (const SelectedCell& selected : cells.value()) print("{}\n", selected.cell->name());
  }
  return exit_passed;
}

class CellsCommand final : public Command {
 public:
  CommandTable table() override {
    CommandTable table{.name = "cells", .help = "Print what configs would run, run nothing"};
    auto& options = table.options;
    add_config_options(options, arguments_.configs, arguments_.overrides);
    options.push_back(cells_option(arguments_.cells_globs));
    options.push_back({.name = "--format",
                       .value = "FORMAT",
                       .help =
                           "names, a line each (the default); or github, a matrix of jobs in one "
                           "line, each of which is to run one shard",
                       .into = &arguments_.format});
    options.push_back(
        {.name = "--shards",
         .value = "N",
         .help = "Of github: so many jobs at most (one for each table, if that can be)",
         .into = &arguments_.shards,
         .limits = NumberLimits{1, most_github_jobs}});
    add_plugin_options(options, arguments_.plugins);
    return table;
  }
  int run(const TypedLine&) override { return show_cells(arguments_); }

 private:
  CellsArguments arguments_;
};

}  // namespace

std::unique_ptr<Command> make_cells_command() { return std::make_unique<CellsCommand>(); }

}  // namespace daxlab
