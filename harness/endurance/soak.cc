#include "harness/endurance/soak.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <set>

#include "harness/endurance/live_lab.h"

namespace daxlab {
namespace {

using Clock = std::chrono::steady_clock;
using Complaint = std::optional<std::string>;

// Few enough that labs come and go, enough that they live beside each other.
constexpr size_t most_labs = 4;
constexpr uint64_t runs_per_retirement = 8;
constexpr auto between_samples = std::chrono::seconds(15);

class Soak {
 public:
  explicit Soak(const SoakSpec& spec) : spec_(spec), random_(spec.seed) {}

  ErrorOr<SoakResult> run() {
    run_each_workload_once();
    if (auto error = sample()) return *error;
    result_.begin = result_.end;
    const Clock::time_point end = start_ + spec_.duration;
    while (going_on() && Clock::now() < end) {
      run_cell(spec_.cells[random_() % spec_.cells.size()]);
      if (random_() % runs_per_retirement == 0) retire_one();
      if (Clock::now() < next_sample_) continue;
      if (auto error = sample()) return *error;
    }
    if (auto error = sample()) return *error;
    result_.distinct_cells = seen_.size();
    return std::move(result_);
  }

 private:
  bool going_on() {
    if (spec_.interrupted && spec_.interrupted()) result_.interrupted = true;
    return !result_.failure && !result_.interrupted;
  }

  // Each with one of its cells.
  void run_each_workload_once() {
    std::vector<SelectedCell> cells = spec_.cells;
    std::shuffle(cells.begin(), cells.end(), random_);
    std::set<std::string> workloads;
    for (const SelectedCell& selected : cells) {
      const Cell& cell = *selected.cell;
      const std::string name =
          fmt::format("{}/{}/{}", cell.workload.label(), cell.threads, name_of(cell.engine));
      if (!workloads.insert(name).second) continue;
      if (!going_on()) return;
      run_cell(selected);
    }
  }

  void run_cell(const SelectedCell& selected) {
    const Cell& cell = *selected.cell;
    const uint64_t seed = random_();
    if (spec_.on_run) spec_.on_run(selected);
    auto lab = lab_for(selected);
    const Complaint problem = lab.ok() ? lab.value()->run(cell, seed) : lab.error().message;
    if (problem) fail(fmt::format("{} (seed {})", cell.name(), seed), *problem);
    ++result_.runs;
    seen_.insert(cell.name());
  }

  ErrorOr<LiveLab*> lab_for(const SelectedCell& selected) {
    const std::string key = LiveLab::key_of(*selected.cell);
    for (const auto& lab : labs_) {
      if (lab->key() == key) return lab.get();
    }
    if (labs_.size() == most_labs) retire_one();
    auto assembled = LiveLab::assemble(*selected.config, *selected.cell);
    if (!assembled.ok()) return assembled.error();
    ++result_.labs;
    labs_.push_back(assembled.take());
    return labs_.back().get();
  }

  void retire_one() {
    if (labs_.empty()) return;
    std::swap(labs_[random_() % labs_.size()], labs_.back());
    if (const Complaint problem = labs_.back()->close()) fail(labs_.back()->key(), *problem);
    labs_.pop_back();
  }

  std::optional<Error> sample() {
    while (!labs_.empty()) retire_one();
    const auto use = measure_this_process();
    if (!use.ok()) return use.error();
    result_.end = use.value();
    result_.highest = highest_of(result_.highest, use.value());
    ++result_.samples;
    next_sample_ = Clock::now() + between_samples;
    if (spec_.on_sample) spec_.on_sample(use.value());
    return std::nullopt;
  }

  // The first one counts.
  void fail(const std::string& where, const std::string& what) {
    if (!result_.failure) result_.failure = where + ": " + what;
  }

  const SoakSpec& spec_;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point next_sample_{};
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<LiveLab>> labs_;
  std::set<std::string> seen_;
  SoakResult result_;
};

}  // namespace

ErrorOr<SoakResult> soak(const SoakSpec& spec) { return Soak(spec).run(); }

}  // namespace daxlab
