#include "harness/campaign/run_origin.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <map>

#include "core/lab/lab.h"
#include "harness/run/machine_facts.h"

namespace daxlab {
namespace {

constexpr std::string_view simulated = "simulated", of_the_kernel = "the kernel's";

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

std::string fact(const RunRecord& record, std::string_view key) {
  const std::string value = value_of(*record.context, key);
  return value.empty() ? "not said" : value;
}

// Of the run's engine there is more than one way. One that failed early does not say.
bool has_delivery(const RunRecord& record) {
  const std::string delivery = value_of(*record.context, "fault_delivery");
  return !delivery.empty() && delivery != simulated && delivery != of_the_kernel;
}

bool is_forbidden_userfaultfd(const RunRecord& record) {
  return record.cell->config["userfaultfd"] == "forbidden";
}

}  // namespace

ContextEntries origin_here() {
  ContextEntries origin = machine_facts();
  origin.emplace_back("host_name", host_name());
  return origin;
}

std::optional<std::string> other_origin(const RecordedRuns& earlier) {
  const ContextEntries here = origin_here();
  const std::string delivery = fault_delivery_here();
  const auto differs = [](const char* key, const std::string& was, const std::string& is) {
    return was == is ? std::nullopt
                     : std::optional(fmt::format("{} was '{}', and is '{}' here", key, was, is));
  };
  for (const RunRecord& record : earlier.records) {
    for (const char* key : {"kernel", "cpu_model", "git_revision"}) {
      if (auto found = differs(key, fact(record, key), value_of(here, key))) return found;
    }
    if (!has_delivery(record) || is_forbidden_userfaultfd(record)) continue;
    if (auto found = differs("fault_delivery", fact(record, "fault_delivery"), delivery)) {
      return found;
    }
  }
  return std::nullopt;
}

std::vector<std::string> mixed_origins(const std::vector<RunRecord>& records) {
  std::map<std::string, std::set<std::string>> values;
  for (const RunRecord& record : records) {
    values["git_revision"].insert(fact(record, "git_revision"));
    if (has_delivery(record) && !is_forbidden_userfaultfd(record)) {
      values["fault_delivery"].insert(fact(record, "fault_delivery"));
    }
    for (const RecordedPlugin& plugin : record.cell->plugins) {
      values[fmt::format("the build of {} plugin '{}'", plugin.kind, plugin.name)].insert(
          plugin.content_hash);
    }
  }
  std::vector<std::string> mixed;
  for (const auto& [what, found] : values) {
    if (found.size() < 2) continue;
    mixed.push_back(
        fmt::format("{} is '{}' in some, '{}' in others", what, *found.begin(), *found.rbegin()));
  }
  return mixed;
}

std::set<std::string> machines_of(const std::vector<RunRecord>& records) {
  std::set<std::string> machines;
  for (const RunRecord& record : records) {
    machines.insert(fmt::format("{}: {}, {}", fact(record, "host_name"), fact(record, "kernel"),
                                fact(record, "cpu_model")));
  }
  return machines;
}

}  // namespace daxlab
