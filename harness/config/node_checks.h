// Checks of nodes that every part of a config needs. Each reports what was found and expected.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daxlab/options.h"
#include "harness/config/first_problem.h"
#include "harness/config/keys.h"
#include "harness/config/node.h"

namespace daxlab {

// "found 'text'", "found a list", "found a map", "found nothing".
std::string found(const Node& node);

// "seed: expected a whole number, found a list". Returns whether it is of that kind.
bool check_kind(const Node& node, Node::Kind kind, std::string_view what, std::string_view expected,
                FirstProblem& problems);

// "around of global_zero: expected one value here, found a list".
bool check_no_list(const Node& node, std::string_view what, FirstProblem& problems);

// Every key of a map is one of `known`, or begins with `own_prefix`, and stands there once.
void check_keys(const Node& map, std::string_view key_kind, std::span<const std::string> known,
                FirstProblem& problems, std::string_view own_prefix = {});

// A number within [minimum, maximum]; nullopt: reported.
std::optional<uint64_t> read_quantity(const Node& node, std::string_view what, OptionUnit unit,
                                      uint64_t minimum, uint64_t maximum, FirstProblem& problems);

// The same for a number of the tables; its default after a report.
uint64_t read_number(const Node& node, std::string_view what, const NumberRange& range,
                     FirstProblem& problems);

// Index of one of `words`; nullopt: reported as "unknown <what> 'x', expected ...".
std::optional<size_t> read_word(const Node& node, std::string_view what,
                                std::span<const std::string> words, FirstProblem& problems);

}  // namespace daxlab
