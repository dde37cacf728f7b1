#include "harness/config/workload_entries.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>

#include "harness/config/keys.h"
#include "harness/config/nested_options.h"
#include "harness/config/node_checks.h"
#include "harness/config/option_values.h"
#include "harness/config/plugin_choices.h"
#include "harness/config/quantity.h"
#include "harness/workloads/file_options.h"

namespace daxlab {
namespace {

constexpr const char* expected_workloads = "'all' or a list of workloads such as [hole_read]";

WorkloadEntry entry_of(const WorkloadDescription& workload, const Location& at) {
  WorkloadEntry entry;
  entry.axes = workload.axes;
  entry.needs_region = workload.needs_region;
  entry.fills_space = workload.fills_space;
  entry.at = at;
  return entry;
}

std::vector<WorkloadEntry> all_entries(WorkloadTable table, const Location& at) {
  std::vector<WorkloadEntry> entries;
  for (const WorkloadDescription* workload : table) {
    entries.push_back(entry_of(*workload, at));
    entries.back().choice = default_choice(workload->name, describe_options(workload->options));
  }
  return entries;
}

uint64_t threads_of_roles(const WorkloadDescription& workload, const Choice& choice) {
  uint64_t threads = 0;
  for (uint32_t i = 0; i < workload.options.count; ++i) {
    const std::string_view name = workload.options.options[i].name;
    if (std::ranges::find(workload.thread_roles, name) != workload.thread_roles.end()) {
      threads += choice.values[i];
    }
  }
  return threads;
}

std::vector<std::string> other_keys_of(const WorkloadDescription& workload,
                                       WorkloadReader::AxesKey axes) {
  std::vector<std::string> keys = {"threads"};
  if (workload.timed) keys.insert(keys.end(), {"runtime", "ramp"});
  if (axes == WorkloadReader::AxesKey::accepted) keys.emplace_back("axes");
  return keys;
}

std::chrono::nanoseconds read_time(const Node& node, const std::string& what,
                                   const NumberRange& range, FirstProblem& problems) {
  if (!check_no_list(node, what, problems)) {
    return std::chrono::nanoseconds(
        static_cast<std::chrono::nanoseconds::rep>(range.default_value));
  }
  return std::chrono::nanoseconds(
      static_cast<std::chrono::nanoseconds::rep>(read_number(node, what, range, problems)));
}

std::string shown(std::chrono::nanoseconds time) {
  return format_quantity(static_cast<uint64_t>(time.count()), OptionUnit::nanoseconds);
}

}  // namespace

WorkloadReader::WorkloadReader(WorkloadTable table, std::chrono::nanoseconds time_limit,
                               FirstProblem& problems)
    : table_(table), time_limit_(time_limit), problems_(problems) {}

const WorkloadDescription* WorkloadReader::find_of(const Node& node) const {
  const Node* name = read_name(node, "workload", "{name: word, option: value}", problems_);
  if (name == nullptr) return nullptr;
  std::vector<std::string> names;
  for (const WorkloadDescription* workload : table_) names.emplace_back(workload->name);
  const std::optional<size_t> index = read_word(*name, "workload", names, problems_);
  return index ? table_[*index] : nullptr;
}

uint64_t WorkloadReader::read_threads(const Node& node, const WorkloadDescription& workload,
                                      uint64_t roles) const {
  const Node* threads = node.find("threads");
  if (roles > threads_range.maximum) {
    problems_.report(node.at, fmt::format("{} of {}: {} threads in all, expected at most {}",
                                          fmt::join(workload.thread_roles, " and "), workload.name,
                                          roles, threads_range.maximum));
    return threads_range.default_value;
  }
  if (threads == nullptr) return roles == 0 ? threads_range.default_value : roles;
  const std::string what = fmt::format("threads of {}", workload.name);
  if (!check_no_list(*threads, what, problems_)) return threads_range.default_value;
  const uint64_t count = read_number(*threads, what, threads_range, problems_);
  if (count > 1 && !workload.multi_threaded) {
    problems_.report(threads->at, fmt::format("{}: it runs in one thread, found {}; expected 1 or "
                                              "no such key",
                                              what, count));
  }
  if (roles != 0 && count != roles) {
    problems_.report(threads->at,
                     fmt::format("{}: {} are {} in all, found {}; expected {} or no such key", what,
                                 fmt::join(workload.thread_roles, " and "), roles, count, roles));
  }
  return count;
}

uint32_t WorkloadReader::read_axes(const Node& node, const WorkloadDescription& workload) const {
  const Node* list = node.find("axes");
  if (list == nullptr) return workload.axes;
  const std::string what = fmt::format("axes of {}", workload.name);
  if (!check_kind(*list, Node::Kind::list, what, "a list such as [fault, alloc]", problems_)) {
    return 0;
  }
  uint32_t axes = 0;
  for (const Node& item : list->items) {
    const std::optional<size_t> index = read_word(item, "axis", axis_words(), problems_);
    if (!index) continue;
    const uint32_t axis = uint32_t{1} << *index;
    if ((axes & axis) != 0) {
      problems_.report(item.at,
                       fmt::format("duplicate axis {} in {}; keep one of them", item.text, what));
    }
    axes |= axis;
  }
  return axes;
}

// Says more than that the key is unknown.
void WorkloadReader::check_timed(const Node& node, const WorkloadDescription& workload) const {
  if (workload.timed) return;
  std::vector<std::string_view> timed;
  for (const WorkloadDescription* other : table_) {
    if (other->timed) timed.emplace_back(other->name);
  }
  for (const char* key : {"runtime", "ramp"}) {
    const MapEntry* entry = node.find_entry(key);
    if (entry == nullptr) continue;
    problems_.report(
        entry->key_at,
        fmt::format(
            "{} of {}: it does a fixed amount of work; remove the key{}", key, workload.name,
            timed.empty() ? ""
                          : fmt::format(". Workloads with a runtime: {}", fmt::join(timed, ", "))));
  }
}

void WorkloadReader::read_runtime(const Node& node, const WorkloadDescription& workload,
                                  WorkloadEntry& entry) const {
  const MapEntry* runtime = node.find_entry("runtime");
  const MapEntry* ramp = node.find_entry("ramp");
  if (!workload.timed || (runtime == nullptr && ramp == nullptr)) return;
  const std::string ramp_name = fmt::format("ramp of {}", workload.name);
  if (runtime == nullptr) {
    return problems_.report(
        ramp->key_at, fmt::format("{} needs the key 'runtime', as in runtime: 5s", ramp_name));
  }
  const std::string runtime_name = fmt::format("runtime of {}", workload.name);
  entry.runtime = read_time(runtime->value, runtime_name, runtime_range, problems_);
  if (ramp != nullptr) entry.ramp = read_time(ramp->value, ramp_name, ramp_range, problems_);
  if (entry.runtime + entry.ramp < time_limit_) return;
  problems_.report(
      runtime->value.at,
      fmt::format(
          "{}: {}{} is not below the time_limit of {}; set a longer time_limit", runtime_name,
          shown(entry.runtime),
          entry.ramp.count() == 0 ? "" : fmt::format(" and a ramp of {}", shown(entry.ramp)),
          shown(time_limit_)));
}

Node WorkloadReader::flatten(const Node& node, const WorkloadDescription& workload,
                             AxesKey axes) const {
  check_timed(node, workload);
  std::vector<std::string> other_keys = {"name"};
  for (const std::string& key : other_keys_of(workload, axes)) other_keys.push_back(key);
  return flatten_options(node, workload.name, describe_options(workload.options), other_keys,
                         problems_);
}

// Of options that are right one by one.
void WorkloadReader::check_together(const Node& node, const WorkloadDescription& workload,
                                    const Choice& choice) const {
  const OptionValues values{choice.values.data(), static_cast<uint32_t>(choice.values.size())};
  const auto wrong = find_wrong_option(workload.options, values);
  if (!wrong) return;
  const Node* given = node.find(wrong->name);
  problems_.report(
      given == nullptr ? node.at : given->at,
      fmt::format("{} of {}: {}", option_label(wrong->name), workload.name, wrong->why));
}

// A node that is flat, of single values.
WorkloadEntry WorkloadReader::read_single(const Node& node, const WorkloadDescription& workload,
                                          AxesKey axes) const {
  WorkloadEntry entry = entry_of(workload, node.at);
  const size_t problems_before = problems_.count();
  entry.choice = read_choice(node, workload.name, describe_options(workload.options),
                             other_keys_of(workload, axes), problems_);
  if (problems_.count() == problems_before) check_together(node, workload, entry.choice);
  entry.threads = read_threads(node, workload, threads_of_roles(workload, entry.choice));
  if (axes == AxesKey::accepted) entry.axes = read_axes(node, workload);
  read_runtime(node, workload, entry);
  return entry;
}

std::optional<WorkloadEntry> WorkloadReader::read(const Node& node, AxesKey axes) const {
  const WorkloadDescription* workload = find_of(node);
  if (workload == nullptr) return std::nullopt;
  return read_single(flatten(node, *workload, axes), *workload, axes);
}

void WorkloadReader::read_all(const Node& node, std::vector<WorkloadEntry>& entries) const {
  const WorkloadDescription* workload = find_of(node);
  if (workload == nullptr) return;
  const std::vector<OptionDescription> options = describe_options(workload->options);
  std::vector<ListedKey> keys = listed_options(workload->name, options, problems_);
  const auto add_key = [&](const char* key, const NumberRange& range) {
    const std::string what = fmt::format("{} of {}", key, workload->name);
    keys.push_back({key, what, [this, what, &range](const Node& item) -> std::optional<uint64_t> {
                      if (!check_no_list(item, what, problems_)) return std::nullopt;
                      return read_quantity(item, what, range.unit, range.minimum, range.maximum,
                                           problems_);
                    }});
  };
  add_key("threads", threads_range);
  if (workload->timed) add_key("runtime", runtime_range);
  if (workload->timed) add_key("ramp", ramp_range);
  const Node flat = flatten(node, *workload, AxesKey::accepted);
  for (const Node& single : combine_lists(flat, keys, most_workloads, problems_)) {
    entries.push_back(read_single(single, *workload, AxesKey::accepted));
  }
}

std::vector<WorkloadEntry> WorkloadReader::read_list(const Node& root) const {
  const Node* node = root.find("workloads");
  if (node == nullptr) return {};
  if (node->kind == Node::Kind::scalar && node->text == "all") return all_entries(table_, node->at);
  if (!check_kind(*node, Node::Kind::list, "workloads", expected_workloads, problems_)) return {};
  if (node->items.empty()) {
    problems_.report(
        node->at, fmt::format("workloads: expected {}, found an empty list", expected_workloads));
  }
  std::vector<WorkloadEntry> entries;
  for (const Node& item : node->items) {
    if (entries.size() > most_workloads) break;  // reported with the cells
    read_all(item, entries);
  }
  return entries;
}

void require_workloads(const Node& root, FirstProblem& problems) {
  if (problems.any() || root.find("workloads") != nullptr) return;
  problems.report({}, fmt::format("missing key 'workloads', expected {}", expected_workloads));
}

}  // namespace daxlab
