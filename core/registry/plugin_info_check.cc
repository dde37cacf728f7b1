#include "core/registry/plugin_info_check.h"

#include <fmt/format.h>

#include <set>

#include "core/registry/option_words.h"
#include "core/registry/plugin_description.h"

namespace daxlab {
namespace {

using Refusal = std::optional<std::string>;

constexpr uint32_t max_options = 64;

bool is_empty(const char* text) { return text == nullptr || *text == '\0'; }

Refusal integer_refusal(const Option& option) {
  if (option.minimum > option.maximum) {
    return fmt::format("minimum {} is above the maximum {}", option.minimum, option.maximum);
  }
  if (option.default_value < option.minimum || option.default_value > option.maximum) {
    return fmt::format("default {} is outside its range {} to {}", option.default_value,
                       option.minimum, option.maximum);
  }
  if (static_cast<uint32_t>(option.unit) > static_cast<uint32_t>(OptionUnit::nanoseconds)) {
    return fmt::format("unit {} is unknown", static_cast<uint32_t>(option.unit));
  }
  return std::nullopt;
}

Refusal choice_refusal(const Option& option) {
  if (is_empty(option.choices)) return "has no choices";
  std::set<std::string> seen;
  const std::vector<std::string> words = split_choices(option.choices);
  for (const std::string& word : words) {
    if (!is_snake_case(word)) {
      return fmt::format("choice \"{}\" is not of a-z, 0-9 and _", word);
    }
    if (!seen.insert(word).second) return fmt::format("choice {} stands twice", word);
  }
  if (option.default_value >= words.size()) {
    return fmt::format("default {} is beyond its {} choices", option.default_value, words.size());
  }
  return std::nullopt;
}

Refusal option_refusal(const Option& option) {
  if (is_empty(option.help)) return "has no help";
  switch (option.type) {
    case OptionType::integer:
      return integer_refusal(option);
    case OptionType::choice:
      return choice_refusal(option);
    case OptionType::boolean:
      if (option.default_value > 1) {
        return fmt::format("default {} of a boolean is neither 0 nor 1", option.default_value);
      }
      return std::nullopt;
  }
  return fmt::format("type {} is unknown", static_cast<uint32_t>(option.type));
}

Refusal table_refusal(const OptionTable& table) {
  if (table.count > max_options) {
    return fmt::format("it declares {} options, at most {} are allowed", table.count, max_options);
  }
  if (table.count != 0 && table.options == nullptr) return "its table of options is null";
  std::set<std::string> seen;
  for (uint32_t i = 0; i < table.count; ++i) {
    const Option& option = table.options[i];
    if (is_empty(option.name)) return fmt::format("option {} has no name", i + 1);
    const std::string name = option.name;
    if (!is_snake_case(name)) {
      return fmt::format("option \"{}\" is not named in a-z, 0-9 and _", name);
    }
    // A config writes {name: PLUGIN, OPTION: VALUE}.
    if (name == "name") return "an option must not be called name, the key that names the plugin";
    if (!seen.insert(name).second) return fmt::format("option {} stands twice", name);
    if (Refusal refusal = option_refusal(option)) {
      return fmt::format("option {}: {}", name, *refusal);
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> info_refusal(const PluginInfo& info, std::string_view file_stem) {
  if (is_empty(info.name)) return "it declares no name";
  if (info.name != file_stem) {
    return fmt::format("it calls itself \"{}\" but its file \"{}\"; make them the same", info.name,
                       file_stem);
  }
  if (!is_snake_case(info.name)) return "its name is not of a-z, 0-9 and _";
  if (is_empty(info.summary)) return "it declares no summary";
  const uint32_t flags = static_cast<uint32_t>(info.flags);
  if ((flags & ~static_cast<uint32_t>(PluginFlags::signal_safe)) != 0) {
    return fmt::format("its flags 0x{:x} are unknown", flags);
  }
  return table_refusal(info.options);
}

}  // namespace daxlab
