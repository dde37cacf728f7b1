// {name: global_zero, around: 16} against the table of options that a plugin or workload declares.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/registry/plugin_description.h"
#include "daxlab/options.h"
#include "harness/config/config.h"
#include "harness/config/first_problem.h"
#include "harness/config/node.h"
#include "harness/config/option_lists.h"

namespace daxlab {

// The table with strings of its own, choices split.
std::vector<OptionDescription> describe_options(const OptionTable& table);

// The choice with all options at their defaults.
Choice default_choice(std::string_view name, std::span<const OptionDescription> options);

// Reads the options of a map (or a plain name: all defaults), each a single value. The keys `name`
// and `other_keys` are the caller's. Unknown or duplicate keys, lists, wrong types, values out of
// range are reported.
Choice read_choice(const Node& node, std::string_view name,
                   std::span<const OptionDescription> options,
                   std::span<const std::string> other_keys, FirstProblem& problems);

// For combine_lists: each of the options may be a list. All arguments outlive the keys.
std::vector<ListedKey> listed_options(std::string_view name,
                                      std::span<const OptionDescription> options,
                                      FirstProblem& problems);

}  // namespace daxlab
