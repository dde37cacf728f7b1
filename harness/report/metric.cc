#include "harness/report/metric.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "harness/config/nearest_name.h"
#include "harness/report/glossary.h"
#include "harness/report/human_units.h"

namespace daxlab {
namespace {

// Short words for counters that are asked for often.
constexpr std::array<std::array<const char*, 2>, 8> short_words = {{{"memory", "memory_peak_bytes"},
                                                                    {"p50", "p50_ns"},
                                                                    {"p90", "p90_ns"},
                                                                    {"p99", "p99_ns"},
                                                                    {"p999", "p999_ns"},
                                                                    {"max", "max_ns"},
                                                                    {"fault_p50", "fault_p50_ns"},
                                                                    {"fault_p99", "fault_p99_ns"}}};

std::string counter_of(const std::string& name) {
  for (const auto& [word, counter] : short_words) {
    if (name == word) return counter;
  }
  return name;
}

}  // namespace

std::optional<Error> Metric::check() const {
  if (name == "time" || find_counter(counter_of(name)) != nullptr) return std::nullopt;
  std::vector<std::string> known = {"time"};
  for (const auto& [word, counter] : short_words) known.emplace_back(word);
  for (const CounterDescription& counter : glossary()) known.emplace_back(counter.name);
  const std::string_view near = nearest_name(name, known);
  return Error{fmt::format("no figure is called '{}'; see daxlab list --counters{}", name,
                           near.empty() ? "" : fmt::format("; did you mean '{}'?", near))};
}

std::optional<double> Metric::of(const ResultRecord& run) const {
  if (run.failure) return std::nullopt;
  return name == "time" ? run.time_per_operation_ns() : run.counter(counter_of(name));
}

std::string Metric::shown(double value) const {
  const std::string counter = counter_of(name);
  if (name == "time" || counter.ends_with("_ns")) return format_ns(value);
  if (counter.ends_with("_bytes")) return format_bytes(value);
  if (counter == "bytes_per_second") return format_bytes(value) + "/s";
  return value == std::floor(value) ? format_count(value) : fmt::format("{:.3g}", value);
}

}  // namespace daxlab
