#include "harness/campaign/run_plan.h"

#include <random>
#include <utility>

namespace daxlab {
namespace {

// One seed of those of all configs, each counted once.
uint64_t seed_of(const std::vector<SelectedCell>& cells) {
  uint64_t seed = 0;
  const Config* counted = nullptr;
  for (const auto& [config, cell, place] : cells) {
    if (config == counted || !config->random_order) continue;
    counted = config;
    seed = seed * 0x9e3779b97f4a7c15 + config->seed;
  }
  return seed;
}

}  // namespace

std::vector<PlannedRun> plan_runs(const std::vector<SelectedCell>& cells) {
  std::vector<PlannedRun> plan;
  std::vector<size_t> shuffled;  // places in the plan
  for (size_t index = 0; index < cells.size(); ++index) {
    for (uint64_t repetition = 0; repetition < cells[index].cell->repetitions; ++repetition) {
      if (cells[index].config->random_order) shuffled.push_back(plan.size());
      plan.push_back({index, repetition});
    }
  }
  // Not std::shuffle, whose order is each library's own.
  std::mt19937_64 random(seed_of(cells));
  for (size_t left = shuffled.size(); left > 1; --left) {
    std::swap(plan[shuffled[left - 1]], plan[shuffled[random() % left]]);
  }
  return plan;
}

}  // namespace daxlab
