#include "harness/campaign/record_store.h"

#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace daxlab {

namespace {

using Histograms = std::map<std::string, ResultRecord::Histogram>;

// They are empty then.
std::vector<uint64_t> taken_numbers(Histograms& histograms) {
  std::vector<uint64_t> numbers;
  for (auto& [name, histogram] : histograms) {
    numbers.push_back(histogram.size());
    for (const auto& [first_ns, count] : std::exchange(histogram, {})) {
      numbers.insert(numbers.end(), {first_ns, count});
    }
  }
  return numbers;
}

void put_back(std::span<const uint64_t> numbers, Histograms& histograms) {
  auto number = numbers.begin();
  for (auto& [name, histogram] : histograms) {
    histogram.resize(*number++);
    for (auto& [first_ns, count] : histogram) {
      first_ns = *number++;
      count = *number++;
    }
  }
}

}  // namespace

bool RecordStore::PatternOrder::operator()(const RunRecord& a, const RunRecord& b) const {
  const auto words = [](const RunRecord& record) {
    const ResultRecord& result = record.result;
    return std::tie(result.name, result.parts.threads, result.family_index, result.repetitions,
                    result.label, result.failure_kind, result.counters, result.histograms,
                    *record.context);
  };
  if (words(a) != words(b)) return words(a) < words(b);
  return a.cell != b.cell && *a.cell < *b.cell;
}

const RecordStore::Kept* RecordStore::keep(RunRecord record) {
  ResultRecord& result = record.result;
  Kept kept{.pattern = nullptr,
            .repetition_index = std::exchange(result.repetition_index, 0),
            .iterations = std::exchange(result.iterations, 0),
            .real_time_ns = std::exchange(result.real_time_ns, 0),
            .cpu_time_ns = std::exchange(result.cpu_time_ns, 0),
            .counters = {},
            .histograms = {},
            .failure = {}};
  std::vector<double> values;
  for (auto& [name, value] : result.counters) values.push_back(std::exchange(value, 0));
  kept.counters = memory_.keep_all<double>(values);
  kept.histograms = memory_.keep_all<uint64_t>(taken_numbers(result.histograms));
  if (const auto failure = std::exchange(result.failure, std::nullopt)) {
    const std::span<const char> text = memory_.keep_all<char>(*failure);
    kept.failure.emplace(text.data(), text.size());
  }
  kept.pattern = &*patterns_.insert(std::move(record)).first;
  return memory_.keep(kept);
}

RunRecord RecordStore::record_of(const Kept& kept) {
  RunRecord record = *kept.pattern;
  ResultRecord& result = record.result;
  result.repetition_index = kept.repetition_index;
  result.iterations = kept.iterations;
  result.real_time_ns = kept.real_time_ns;
  result.cpu_time_ns = kept.cpu_time_ns;
  auto value = kept.counters.begin();
  for (auto& [name, counter] : result.counters) counter = *value++;
  put_back(kept.histograms, result.histograms);
  if (kept.failure) result.failure.emplace(*kept.failure);
  return record;
}

}  // namespace daxlab
