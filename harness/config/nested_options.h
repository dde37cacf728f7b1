// Options whose names have dots are maps in a config: file.holes.every is file: {holes: {every:
// ...}}.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/registry/plugin_description.h"
#include "harness/config/first_problem.h"
#include "harness/config/node.h"

namespace daxlab {

// The keys directly below `prefix` ("", "file.", "file.holes."), each once, in their order.
std::vector<std::string> keys_below(std::string_view prefix,
                                    std::span<const OptionDescription> options);

// What stands in the map of that name, "file.holes".
const char* help_of_map(std::string_view name);

// Of an option below file., where it may stand without `file`, too: "size".
std::string_view short_key(std::string_view option_name);

// An entry of a map of options, with what stands in maps in it put beside the others, by the names
// of the options. Keys of each map are one of its options, or of `other_keys` of the outermost, and
// stand there once; others are reported and left out. `owner`: the workload.
Node flatten_options(const Node& node, std::string_view owner,
                     std::span<const OptionDescription> options,
                     std::span<const std::string> other_keys, FirstProblem& problems);

}  // namespace daxlab
