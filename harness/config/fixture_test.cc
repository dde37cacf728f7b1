#include "harness/config/fixture_test.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/config/nearest_name.h"
#include "harness/config/option_values.h"
#include "harness/config/schema_judge_test.h"
#include "harness/workloads/file_options.h"

namespace daxlab {
namespace {

constexpr Option global_zero_options[] = {
    integer_option("around", OptionUnit::pages, 1, 1, 512, "pages per fault"),
    boolean_option("keep_own", false, "spare the own mapping"),
    choice_option("zero_page", "own|kernel", 0, "which page"),
};
constexpr Option page_zero_options[] = {
    integer_option("cache_limit", OptionUnit::bytes, 0, 0, 1024 * MiB, "bytes of cached pages"),
    integer_option("delay", OptionUnit::nanoseconds, 0, 0, 1'000'000'000, "before each fault"),
};
constexpr Option size_options[] = {
    integer_option("size", OptionUnit::bytes, 32 * MiB, 4096, 1024 * MiB, "bytes of file"),
    choice_option("pattern", "sequential|random", 0, "order"),
};
constexpr Option sparse_options[] = {
    file_size_option(16 * MiB),
    holes_length_option,
    holes_every_option(0),
    align_option,
    offset_option,
};
constexpr Option enospc_options[] = {
    choice_option("on_short", "accept|retry|fail", 0, "the caller"),
};

struct TestPlugin {
  PluginKind kind;
  const char* name;
  OptionTable options;
};

const std::vector<TestPlugin>& plugins() {
  static const std::vector<TestPlugin> table = {
      {PluginKind::fault, "page_zero", page_zero_options},
      {PluginKind::fault, "global_zero", global_zero_options},
      {PluginKind::fault, "native_zero", no_options},
      {PluginKind::write, "partial", no_options},
      {PluginKind::write, "all_or_nothing", no_options},
      {PluginKind::alloc, "first_fit", no_options},
      {PluginKind::alloc, "per_cpu", no_options},
  };
  return table;
}

PluginDescription describe(const TestPlugin& plugin) {
  PluginDescription description;
  description.kind = plugin.kind;
  description.name = plugin.name;
  description.options = describe_options(plugin.options);
  return description;
}

constexpr WorkloadDescription hole_read{
    .name = "hole_read", .summary = "", .options = size_options, .axes = axis_fault};
constexpr WorkloadDescription write_file{
    .name = "write",
    .summary = "",
    .options = size_options,
    .axes = axis_write | axis_alloc,
    .multi_threaded = true,
    .timed = true,
};
constexpr WorkloadDescription enospc{
    .name = "enospc",
    .summary = "",
    .options = enospc_options,
    .axes = axis_write | axis_alloc,
    .needs_region = true,
    .multi_threaded = true,
};
constexpr WorkloadDescription sparse{
    .name = "sparse",
    .summary = "",
    .options = sparse_options,
    .axes = axis_fault,
    .multi_threaded = true,
    .timed = true,
};
constexpr const WorkloadDescription* workload_table[] = {&hole_read, &write_file, &enospc, &sparse};

}  // namespace

ErrorOr<PluginDescription> find_test_plugin(PluginKind kind, std::string_view name) {
  std::vector<std::string> names;
  for (const TestPlugin& plugin : plugins()) {
    if (plugin.kind != kind) continue;
    names.emplace_back(plugin.name);
    if (plugin.name != name) continue;
    return describe(plugin);
  }
  return Error{
      fmt::format("no {} plugin '{}', {}", name_of(kind), name, expected_names(name, names))};
}

std::vector<PluginDescription> test_plugins() {
  std::vector<PluginDescription> described;
  for (const TestPlugin& plugin : plugins()) described.push_back(describe(plugin));
  return described;
}

WorkloadTable test_workloads() { return workload_table; }

ErrorOr<Config> resolve(std::string_view text, const std::vector<std::string>& overrides) {
  return resolve_config("t.yaml", text, overrides, find_test_plugin, test_workloads());
}

ErrorOr<Config> resolve_good(std::string_view text, const std::vector<std::string>& overrides) {
  const auto refusal = test_schema().refusal(text, overrides);
  EXPECT_FALSE(refusal.has_value()) << "refused by the schema: " << *refusal << "\n" << text;
  return resolve(text, overrides);
}

std::vector<std::string> cell_names(std::string_view text,
                                    const std::vector<std::string>& overrides) {
  const ErrorOr<Config> config = resolve_good(text, overrides);
  if (!config.ok()) return {"error: " + config.error().message};
  std::vector<std::string> names;
  for (const Cell& cell : config.value().cells) names.push_back(cell.name());
  return names;
}

}  // namespace daxlab
