#include "harness/config/option_values.h"

#include <fmt/format.h>

#include <optional>

#include "core/registry/option_words.h"
#include "harness/config/node_checks.h"
#include "harness/config/quantity.h"
#include "harness/workloads/file_options.h"

namespace daxlab {
namespace {

const std::vector<std::string>& boolean_words() {
  static const std::vector<std::string> words = {"false", "true"};
  return words;
}

std::optional<uint64_t> read_option(const Node& node, std::string_view owner,
                                    const OptionDescription& option, FirstProblem& problems) {
  const std::string what = fmt::format("{} of {}", option_label(option.name), owner);
  if (!check_no_list(node, what, problems)) return std::nullopt;
  if (option.type == OptionType::integer) {
    return read_quantity(node, what, option.unit, option.minimum, option.maximum, problems);
  }
  const bool is_boolean = option.type == OptionType::boolean;
  const std::vector<std::string>& words = is_boolean ? boolean_words() : option.choices;
  return read_word(node, "value for " + what, words, problems);
}

std::string format_option(uint64_t value, const OptionDescription& option) {
  if (option.type == OptionType::integer) return format_quantity(value, option.unit);
  if (option.type == OptionType::boolean) return boolean_words()[value != 0];
  return value < option.choices.size() ? option.choices[value] : fmt::format("{}", value);
}

}  // namespace

std::vector<OptionDescription> describe_options(const OptionTable& table) {
  std::vector<OptionDescription> described;
  for (uint32_t i = 0; i < table.count; ++i) {
    const Option& option = table.options[i];
    OptionDescription& own = described.emplace_back();
    own.name = option.name;
    own.help = option.help;
    own.type = option.type;
    own.unit = option.unit;
    own.default_value = option.default_value;
    own.minimum = option.minimum;
    own.maximum = option.maximum;
    if (option.type == OptionType::choice) own.choices = split_choices(option.choices);
  }
  return described;
}

Choice default_choice(std::string_view name, std::span<const OptionDescription> options) {
  Choice choice;
  choice.name = name;
  for (const OptionDescription& option : options) choice.values.push_back(option.default_value);
  return choice;
}

Choice read_choice(const Node& node, std::string_view name,
                   std::span<const OptionDescription> options,
                   std::span<const std::string> other_keys, FirstProblem& problems) {
  Choice choice = default_choice(name, options);
  std::vector<std::string> keys = {"name"};
  keys.insert(keys.end(), other_keys.begin(), other_keys.end());
  for (const OptionDescription& option : options) keys.push_back(option.name);
  check_keys(node, fmt::format("key of {}", name), keys, problems);

  for (size_t i = 0; i < options.size(); ++i) {
    const Node* given = node.find(options[i].name);
    if (given == nullptr) continue;
    const std::optional<uint64_t> value = read_option(*given, name, options[i], problems);
    if (!value || *value == options[i].default_value) continue;
    choice.values[i] = *value;
    choice.non_defaults.push_back(
        fmt::format("{}={}", option_label(options[i].name), format_option(*value, options[i])));
  }
  return choice;
}

std::vector<ListedKey> listed_options(std::string_view name,
                                      std::span<const OptionDescription> options,
                                      FirstProblem& problems) {
  std::vector<ListedKey> keys;
  for (const OptionDescription& option : options) {
    keys.push_back({option.name, fmt::format("{} of {}", option_label(option.name), name),
                    [name, &option, &problems](const Node& node) {
                      return read_option(node, name, option, problems);
                    }});
  }
  return keys;
}

}  // namespace daxlab
