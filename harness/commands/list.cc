#include "harness/commands/list.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/json.h"
#include "core/registry/program_layout.h"
#include "harness/commands/build_tree.h"
#include "harness/commands/commands.h"
#include "harness/commands/shared_options.h"
#include "harness/config/option_values.h"
#include "harness/config/quantity.h"
#include "harness/report/glossary.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

const char* name_of_type(OptionType type) {
  switch (type) {
    case OptionType::boolean:
      return "boolean";
    case OptionType::integer:
      return "integer";
    case OptionType::choice:
      return "choice";
  }
  return "unknown";
}

// Empty for a plain number.
const char* name_of_unit(OptionUnit unit) {
  switch (unit) {
    case OptionUnit::none:
      return "";
    case OptionUnit::pages:
      return "pages";
    case OptionUnit::blocks:
      return "blocks";
    case OptionUnit::bytes:
      return "bytes";
    case OptionUnit::nanoseconds:
      return "nanoseconds";
  }
  return "unknown";
}

// A plugin describes itself, so its default may name a word that is not there.
std::string chosen(const OptionDescription& option) {
  return option.default_value < option.choices.size() ? option.choices[option.default_value]
                                                      : "none of them";
}

// "integer, 1..512 pages, default 1"
std::string accepted(const OptionDescription& option) {
  switch (option.type) {
    case OptionType::boolean:
      return fmt::format("true | false, default {}", option.default_value != 0);
    case OptionType::choice:
      return fmt::format("{}, default {}", fmt::join(option.choices, " | "), chosen(option));
    case OptionType::integer:
      break;
  }
  const auto shown = [&](uint64_t value) { return format_quantity(value, option.unit); };
  // A limit of 2^64-1 means that there is none.
  const std::string range =
      option.maximum == UINT64_MAX
          ? fmt::format("{} or more", shown(option.minimum))
          : fmt::format("{}..{}", shown(option.minimum), shown(option.maximum));
  // Sizes and times show their unit.
  const bool is_count = option.unit == OptionUnit::pages || option.unit == OptionUnit::blocks;
  return fmt::format("{}{}, default {}", range,
                     is_count ? fmt::format(" {}", name_of_unit(option.unit)) : "",
                     shown(option.default_value));
}

std::string options_as_text(const std::vector<OptionDescription>& options) {
  size_t width = 0;
  for (const OptionDescription& option : options) width = std::max(width, option.name.size());
  std::string text;
  for (const OptionDescription& option : options) {
    text += fmt::format("    {:<{}}  {}. {}\n", option.name + ":", width + 1, accepted(option),
                        option.help);
  }
  return text;
}

std::string plugin_as_text(const PluginDescription& plugin) {
  std::string text =
      fmt::format("  {}{}: {}\n    ABI {}, {}\n", plugin.name, plugin.hazard ? " (hazard)" : "",
                  plugin.summary, plugin.abi, plugin.path.string());
  for (const std::filesystem::path& file : plugin.not_used) {
    text += fmt::format("    also in {}, not used\n", file.string());
  }
  if (plugin.kind == PluginKind::alloc) {
    text += plugin.signal_safe ? "    called in faults\n"
                               : "    not called in faults: they take from a reserve of blocks\n";
  }
  text += options_as_text(plugin.options);
  return text;
}

Json option_as_json(const OptionDescription& option) {
  Json json = {{"name", option.name}, {"type", name_of_type(option.type)}};
  switch (option.type) {
    case OptionType::boolean:
      json.set("default", option.default_value != 0);
      break;
    case OptionType::choice:
      json.set("choices", option.choices);
      json.set("default", chosen(option));
      break;
    case OptionType::integer:
      json.set("unit", name_of_unit(option.unit));
      json.set("default", option.default_value);
      json.set("minimum", option.minimum);
      json.set("maximum", option.maximum);
      break;
  }
  json.set("help", option.help);
  return json;
}

Json options_as_json(const std::vector<OptionDescription>& options) {
  Json json = Json::list();
  for (const OptionDescription& option : options) json.add(option_as_json(option));
  return json;
}

Json plugin_as_json(const PluginDescription& plugin) {
  Json not_used = Json::list();
  for (const std::filesystem::path& file : plugin.not_used) not_used.add(file.string());
  return {{"kind", name_of(plugin.kind)},        {"name", plugin.name},
          {"summary", plugin.summary},           {"abi", plugin.abi},
          {"path", plugin.path.string()},        {"not_used", not_used},
          {"content_hash", plugin.content_hash}, {"hazard", plugin.hazard},
          {"signal_safe", plugin.signal_safe},   {"options", options_as_json(plugin.options)}};
}

// The axes of the matrix that it runs over: "fault, write".
std::vector<std::string> axes_of(const WorkloadDescription& workload) {
  std::vector<std::string> axes;
  if ((workload.axes & axis_fault) != 0) axes.emplace_back("fault");
  if ((workload.axes & axis_write) != 0) axes.emplace_back("write");
  if ((workload.axes & axis_alloc) != 0) axes.emplace_back("alloc");
  return axes;
}

std::string workload_as_text(const WorkloadDescription& workload) {
  const char* const on_baseline = workload.needs_region  ? "; not on baseline"
                                  : workload.fills_space ? "; on baseline with a space of its own"
                                                         : "";
  std::string text =
      fmt::format("  {}: {}\n    axes {}{}{}{}\n", workload.name, workload.summary,
                  fmt::join(axes_of(workload), ", "), workload.multi_threaded ? "; threads" : "",
                  workload.timed ? "; runtime" : "", on_baseline);
  return text + options_as_text(describe_options(workload.options));
}

Json workload_as_json(const WorkloadDescription& workload) {
  return {{"name", workload.name},
          {"summary", workload.summary},
          {"axes", axes_of(workload)},
          {"threads", workload.multi_threaded},
          {"runtime", workload.timed},
          {"baseline", !workload.needs_region},
          {"options", options_as_json(describe_options(workload.options))}};
}

}  // namespace

std::string listing_as_text(const Registry::Listing& listing, WorkloadTable workloads,
                            bool with_hazards, const std::string& to_build_hazards) {
  std::string text;
  size_t hidden = 0, hazards = 0;
  if (listing.plugins.empty() && listing.refused.empty()) {
    text = "No plugins found: build them, or name their folder with --plugin-path.\n";
  }
  const PluginDescription* previous = nullptr;
  for (const PluginDescription& plugin : listing.plugins) {
    hazards += plugin.hazard;
    if (plugin.hazard && !with_hazards) {
      ++hidden;
      continue;
    }
    if (previous == nullptr || previous->kind != plugin.kind) {
      text += fmt::format("{}{}\n", previous == nullptr ? "" : "\n", name_of(plugin.kind));
    }
    text += plugin_as_text(plugin);
    previous = &plugin;
  }
  if (!listing.refused.empty()) text += previous == nullptr ? "refused\n" : "\nrefused\n";
  for (const Error& error : listing.refused) text += "  " + error.message + "\n";
  if (!workloads.empty()) text += "\nworkload\n";
  for (const WorkloadDescription* workload : workloads) text += workload_as_text(*workload);
  if (hidden > 0) {
    text +=
        fmt::format("\nNot shown: plugins that are wrong on purpose, {}. See --hazards\n", hidden);
  }
  if (with_hazards && hazards == 0) {
    text += "\nNo plugin that is wrong on purpose is there" +
            (to_build_hazards.empty() ? "\n" : ": " + to_build_hazards + "\n");
  }
  return text;
}

std::string listing_as_json(const Registry::Listing& listing, WorkloadTable workloads) {
  Json plugins = Json::list();
  for (const PluginDescription& plugin : listing.plugins) plugins.add(plugin_as_json(plugin));
  Json refused = Json::list();
  for (const Error& error : listing.refused) refused.add(error.message);
  Json described = Json::list();
  for (const WorkloadDescription* workload : workloads) {
    described.add(workload_as_json(*workload));
  }
  const Json document = {{"plugins", plugins}, {"refused", refused}, {"workloads", described}};
  // Paths are bytes: what is not UTF-8 is replaced, not fatal.
  return document.dump(2) + "\n";
}

namespace {

class ListCommand final : public Command {
 public:
  CommandTable table() override {
    CommandTable table{.name = "list", .help = "Show plugins: kind, path, ABI, options"};
    auto& options = table.options;
    options.push_back({.name = "--json", .help = "As JSON, with everything", .into = &json_});
    options.push_back({.name = "--hazards",
                       .help = "Those that are wrong on purpose, too",
                       .into = &with_hazards_});
    options.push_back(
        {.name = "--counters", .help = "What each counter of results means", .into = &counters_});
    add_plugin_options(options, plugins_);
    return table;
  }
  int run(const TypedLine&) override {
    if (counters_) {
      print("{}", glossary_as_text());
      return exit_passed;
    }
    Registry registry(plugins_.search_path());
    const Registry::Listing listing = registry.list();
    const auto tree = BuildTree::around(this_executable());
    print("{}", json_ ? listing_as_json(listing, all_workloads())
                      : listing_as_text(listing, all_workloads(), with_hazards_,
                                        tree ? tree->command_for("hazard_plugins") : ""));
    // What could not be looked at is missing from the list.
    return std::ranges::any_of(listing.refused, &Error::is_shortage) ? exit_failed : exit_passed;
  }

 private:
  bool json_ = false;
  bool with_hazards_ = false;
  bool counters_ = false;
  PluginOptions plugins_;
};

}  // namespace

std::unique_ptr<Command> make_list_command() { return std::make_unique<ListCommand>(); }

}  // namespace daxlab
