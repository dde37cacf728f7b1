#include "harness/proving/check_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/config/nearest_name.h"
#include "harness/config/quantity.h"

namespace daxlab {
namespace {

constexpr uint64_t a_millisecond_ns = 1'000'000;
constexpr uint64_t longest_ns = 30 * uint64_t{24} * 3600 * 1'000'000'000;

ErrorOr<std::chrono::nanoseconds> read_time(const char* option, const std::string& text) {
  const auto ns = parse_quantity(text, OptionUnit::nanoseconds);
  if (!ns.ok()) return Error{fmt::format("{}: {}", option, ns.error().message)};
  // Without a unit they are nanoseconds: nobody means them.
  if (ns.value() < a_millisecond_ns || ns.value() > longest_ns) {
    return Error{fmt::format("{}: expected 1ms to 30 days, such as 10s, found '{}'", option, text)};
  }
  return std::chrono::nanoseconds(ns.value());
}

// The words of lists such as "random,pct", each once.
std::vector<std::string> words_of(const std::vector<std::string>& lists) {
  std::vector<std::string> words;
  for (const std::string& list : lists) {
    size_t start = 0;
    for (size_t end = list.find(','); end != std::string::npos; end = list.find(',', start)) {
      words.push_back(list.substr(start, end - start));
      start = end + 1;
    }
    words.push_back(list.substr(start));
  }
  return words;
}

std::optional<Error> read_policies(const std::vector<std::string>& lists,
                                   std::set<PolicyName>& into) {
  constexpr std::array all = {PolicyName::random, PolicyName::pct, PolicyName::exhaustive};
  std::vector<std::string> names;
  for (const PolicyName policy : all) names.emplace_back(name_of(policy));
  for (const std::string& word : words_of(lists)) {
    const auto policy =
        std::ranges::find_if(all, [&](PolicyName candidate) { return word == name_of(candidate); });
    if (policy == all.end()) {
      return Error{
          fmt::format("--policy: no policy is called '{}': {}", word, expected_names(word, names))};
    }
    into.insert(*policy);
  }
  return std::nullopt;
}

std::optional<Error> read_judges(const std::vector<std::string>& lists, std::set<JudgeName>& into) {
  for (const std::string& word : words_of(lists)) {
    const auto judge = judge_named(word);
    if (!judge.ok()) return Error{"--judges: " + judge.error().message};
    into.insert(judge.value());
  }
  return std::nullopt;
}

// Only runs of seeds run out of space, or are compared with another engine.
std::optional<Error> find_idle_judges(const CheckSettings& check) {
  const bool has_no_seeds =
      check.policies == std::set<PolicyName>{PolicyName::exhaustive} && check.seeds == 0;
  const bool need_seeds =
      !check.judges.empty() && std::ranges::all_of(check.judges, [](JudgeName judge) {
        return judge == JudgeName::parity || judge == JudgeName::enospc;
      });
  if (!has_no_seeds || !need_seeds) return std::nullopt;
  return Error{fmt::format(
      "--judges {}: would see nothing to judge: the programs of --policy exhaustive stay on one "
      "engine, and never run out of space; leave out --policy, or add --seeds",
      name_of(*check.judges.begin()))};
}

}  // namespace

ErrorOr<CheckCommandSettings> read_check_settings(const CheckArguments& arguments) {
  CheckCommandSettings settings;
  CheckSettings& check = settings.check;
  check.first_seed = arguments.first_seed;
  check.seeds = arguments.seeds;
  check.pct_depth = static_cast<uint32_t>(arguments.pct_depth);
  check.preemptions = static_cast<uint32_t>(arguments.preemptions);
  if (!arguments.time.empty()) {
    const auto time = read_time("--time", arguments.time);
    if (!time.ok()) return time.error();
    check.time = time.value();
  } else if (arguments.seeds == 0) {
    check.time = default_check_time;
  }
  const auto time_limit = read_time("--time-limit", arguments.time_limit);
  if (!time_limit.ok()) return time_limit.error();
  settings.time_limit = time_limit.value();
  if (const auto error = read_policies(arguments.policies, check.policies)) return *error;
  if (const auto error = read_judges(arguments.judges, check.judges)) return *error;
  if (const auto error = find_idle_judges(check)) return *error;
  return settings;
}

std::vector<std::string> settings_words(const CheckArguments& arguments) {
  const CheckArguments defaults;
  std::vector<std::string> words;
  const auto add = [&](const char* option, const std::string& value) {
    words.insert(words.end(), {option, value});
  };
  if (arguments.seeds != 0) add("--seeds", std::to_string(arguments.seeds));
  if (!arguments.time.empty()) add("--time", arguments.time);
  for (const std::string& list : arguments.policies) add("--policy", list);
  for (const std::string& list : arguments.judges) add("--judges", list);
  if (arguments.first_seed != defaults.first_seed) {
    add("--seed", std::to_string(arguments.first_seed));
  }
  if (arguments.pct_depth != defaults.pct_depth) {
    add("--pct-depth", std::to_string(arguments.pct_depth));
  }
  if (arguments.preemptions != defaults.preemptions) {
    add("--preemptions", std::to_string(arguments.preemptions));
  }
  return words;
}

}  // namespace daxlab
