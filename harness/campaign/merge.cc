#include "harness/campaign/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/kernel_file.h"
#include "harness/campaign/listed_values.h"
#include "harness/campaign/run_origin.h"
#include "harness/campaign/shard.h"

namespace daxlab {
namespace {

// Of several, each table says whose figures it has.
void name_hosts(std::vector<RunRecord>& records) {
  for (RunRecord& record : records) {
    const std::string host = value_of(*record.context, "host_name");
    if (!host.empty()) record.result.machine = host + ": " + record.result.machine;
  }
}

// The same for every copy of a run: where its cell stands is each file's own.
std::string text_of(const RunRecord& record) {
  Json json = record_json(record);
  json.remove("family_index");
  return with_sorted_keys(json).dump();
}

class Merging {
 public:
  explicit Merging(std::vector<ResultFile> files) : files_(std::move(files)) {}

  std::optional<Error> take_all() {
    for (size_t file = 0; file < files_.size(); ++file) {
      for (RunRecord& record : files_[file].runs.records) {
        if (auto error = take(file, record)) return error;
      }
    }
    return std::nullopt;
  }

  std::vector<RunRecord> in_order() {
    if (!places_collide()) {
      std::ranges::stable_sort(taken_, {}, &Taken::order_in_matrix);
    }
    std::map<std::string, int64_t> families;
    std::vector<RunRecord> records;
    for (Taken& taken : taken_) {
      const auto next = static_cast<int64_t>(families.size());
      taken.record.result.family_index =
          families.try_emplace(taken.record.cell->text, next).first->second;
      records.push_back(std::move(taken.record));
    }
    return records;
  }

  std::vector<std::string> missing() const {
    std::vector<std::string> missing;
    std::set<std::pair<uint64_t, uint64_t>> there;  // count, index
    std::set<std::string> sizes;
    for (const ResultFile& file : files_) {
      if (file.runs.interrupted) {
        missing.push_back(fmt::format("a part of {}, which was interrupted after {}", file.name,
                                      *file.runs.interrupted));
      }
      for (const Json& context : file.runs.contexts) {
        for (const std::string& text : entries_of(context["shard"].text())) {
          const auto shard = read_shard(text);
          if (shard.ok()) there.emplace(shard.value().count, shard.value().index);
        }
        for (const std::string& text : entries_of(context["matrix_cells"].text())) {
          sizes.insert(text);
        }
      }
    }
    uint64_t cells_of_matrix = 0;
    for (const std::string& text : sizes) cells_of_matrix += parse_number(text).value_or(0);
    // A shard in which there is nothing need not be run.
    const uint64_t cells_there = cells_of_shards_.size();
    if (cells_there >= cells_of_matrix) return missing;
    for (auto at = there.begin(); at != there.end(); at = there.upper_bound({at->first, ~0ull})) {
      for (uint64_t index = 1; index <= at->first; ++index) {
        const Shard shard{index, at->first};
        if (!there.contains({shard.count, shard.index})) missing.push_back("shard " + shard.text());
      }
    }
    missing.push_back(
        fmt::format("{} of {} cells", cells_of_matrix - cells_there, cells_of_matrix));
    return missing;
  }

  // What one of the files says.
  std::optional<std::string> interrupted() const {
    for (const ResultFile& file : files_) {
      if (file.runs.interrupted) return file.runs.interrupted;
    }
    return std::nullopt;
  }

  std::vector<Json> contexts() const {
    std::vector<Json> contexts;
    for (const ResultFile& file : files_) {
      contexts.insert(contexts.end(), file.runs.contexts.begin(), file.runs.contexts.end());
    }
    return contexts;
  }

 private:
  struct Taken {
    size_t file;
    RunRecord record;
    std::pair<int64_t, int64_t> order_in_matrix() const {
      return {record.result.family_index, record.result.repetition_index};
    }
  };
  struct Known {
    size_t file;
    std::string text;
  };

  std::optional<Error> take(size_t file, RunRecord& record) {
    const std::string text = text_of(record);
    if (is_of_shards(files_[file])) cells_of_shards_.insert(record.cell->text);
    const auto [known, is_new] =
        known_.try_emplace({record.cell->text, record.repetition()}, Known{file, text});
    if (is_new) {
      taken_.push_back({file, std::move(record)});
      return std::nullopt;
    }
    if (known->second.text == text) return std::nullopt;
    return Error{fmt::format(
        "cell '{}' was run twice: its repetition {} is one in {}, and another in "
        "{}; leave one of the files out",
        record.name(), record.repetition(), files_[known->second.file].name, files_[file].name)};
  }

  // Two cells at one place: the files are no parts of one matrix.
  bool places_collide() const {
    std::map<int64_t, const std::string*> cells;
    return std::ranges::any_of(taken_, [&](const Taken& taken) {
      const std::string& cell = taken.record.cell->text;
      return *cells.try_emplace(taken.record.result.family_index, &cell).first->second != cell;
    });
  }

  static bool is_of_shards(const ResultFile& file) {
    return std::ranges::any_of(file.runs.contexts,
                               [](const Json& context) { return context.contains("shard"); });
  }

  std::vector<ResultFile> files_;
  std::set<std::string> cells_of_shards_;
  std::vector<Taken> taken_;
  std::map<std::pair<std::string, uint64_t>, Known> known_;
};

}  // namespace

ErrorOr<MergedRuns> merge(std::vector<ResultFile> files, Origins origins) {
  Merging merging(std::move(files));
  if (auto error = merging.take_all()) return *error;
  MergedRuns merged;
  merged.missing = merging.missing();
  merged.runs = {merging.contexts(), merging.in_order(), merging.interrupted()};
  if (origins == Origins::alike) {
    const std::vector<std::string> mixed = mixed_origins(merged.runs.records);
    if (!mixed.empty()) {
      return Error{
          fmt::format("{}: their figures do not compare; merge them apart, or insist by --mixed",
                      mixed.front())};
    }
  }
  merged.machines = machines_of(merged.runs.records);
  if (merged.machines.size() > 1) name_hosts(merged.runs.records);
  return merged;
}

}  // namespace daxlab
