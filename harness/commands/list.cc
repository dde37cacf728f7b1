#include "harness/commands/list.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/commands/command.h"

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
  const std::string unit = name_of_unit(option.unit);
  // A limit of 2^64-1 means that there is none.
  const std::string range = option.maximum == UINT64_MAX
                                ? fmt::format("{} or more", option.minimum)
                                : fmt::format("{}..{}", option.minimum, option.maximum);
  return fmt::format("{}{}{}, default {}", range, unit.empty() ? "" : " ", unit,
                     option.default_value);
}

std::string plugin_as_text(const PluginDescription& plugin) {
  std::string text =
      fmt::format("  {}{}: {}\n    ABI {}, {}\n", plugin.name, plugin.hazard ? " (hazard)" : "",
                  plugin.summary, plugin.abi, plugin.path.string());
  if (plugin.kind == PluginKind::alloc) {
    text += plugin.signal_safe ? "    called in faults\n" : "    faults take from a reserve\n";
  }
  size_t width = 0;
  for (const OptionDescription& option : plugin.options)
    width = std::max(width, option.name.size());
  for (const OptionDescription& option : plugin.options) {
    text += fmt::format("    {:<{}}  {}. {}\n", option.name + ":", width + 1, accepted(option),
                        option.help);
  }
  return text;
}

nlohmann::ordered_json option_as_json(const OptionDescription& option) {
  nlohmann::ordered_json json = {{"name", option.name}, {"type", name_of_type(option.type)}};
  switch (option.type) {
    case OptionType::boolean:
      json["default"] = option.default_value != 0;
      break;
    case OptionType::choice:
      json["choices"] = option.choices;
      json["default"] = chosen(option);
      break;
    case OptionType::integer:
      json["unit"] = name_of_unit(option.unit);
      json["default"] = option.default_value;
      json["minimum"] = option.minimum;
      json["maximum"] = option.maximum;
      break;
  }
  json["help"] = option.help;
  return json;
}

nlohmann::ordered_json plugin_as_json(const PluginDescription& plugin) {
  nlohmann::ordered_json options = nlohmann::ordered_json::array();
  for (const OptionDescription& option : plugin.options) options.push_back(option_as_json(option));
  return {{"kind", name_of(plugin.kind)},
          {"name", plugin.name},
          {"summary", plugin.summary},
          {"abi", plugin.abi},
          {"path", plugin.path.string()},
          {"content_hash", plugin.content_hash},
          {"hazard", plugin.hazard},
          {"signal_safe", plugin.signal_safe},
          {"options", options}};
}

}  // namespace

std::string listing_as_text(const Registry::Listing& listing) {
  if (listing.plugins.empty() && listing.refused.empty()) {
    return "No plugins found: build them, or name their folder with --plugin-path.\n";
  }
  std::string text;
  const PluginDescription* previous = nullptr;
  for (const PluginDescription& plugin : listing.plugins) {
    if (previous == nullptr || previous->kind != plugin.kind) {
      text += fmt::format("{}{}\n", previous == nullptr ? "" : "\n", name_of(plugin.kind));
    }
    text += plugin_as_text(plugin);
    previous = &plugin;
  }
  if (!listing.refused.empty()) text += previous == nullptr ? "refused\n" : "\nrefused\n";
  for (const Error& error : listing.refused) text += "  " + error.message + "\n";
  return text;
}

std::string listing_as_json(const Registry::Listing& listing) {
  nlohmann::ordered_json plugins = nlohmann::ordered_json::array();
  for (const PluginDescription& plugin : listing.plugins) plugins.push_back(plugin_as_json(plugin));
  nlohmann::ordered_json refused = nlohmann::ordered_json::array();
  for (const Error& error : listing.refused) refused.push_back(error.message);
  const nlohmann::ordered_json document = {{"plugins", plugins}, {"refused", refused}};
  // Paths are bytes: what is not UTF-8 is replaced, not fatal.
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

int run_list(const ListArguments& arguments) {
  Registry registry(arguments.search_path);
  const Registry::Listing listing = registry.list();
  fmt::print("{}", arguments.json ? listing_as_json(listing) : listing_as_text(listing));
  return exit_passed;
}

}  // namespace daxlab
