#include "harness/conformance/alloc_history.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/histories/random.h"

namespace daxlab {
namespace {

uint64_t random_length(Random& random, uint64_t blocks) {
  const uint64_t dice = random.below(100);
  if (dice < 50) return random.between(1, 4);
  if (dice < 80) return random.between(1, 64);
  if (dice < 95) return random.between(1, blocks);
  return random.one_of({blocks, blocks + 1, 512, 1024});
}

AllocationRequest random_request(Random& random, Geometry geometry) {
  const uint64_t blocks = geometry.end_block - geometry.first_block;
  AllocationRequest request{};
  request.min_blocks = random.percent(60) ? 1 : random_length(random, blocks);
  request.max_blocks = std::max(request.min_blocks, random_length(random, blocks));
  if (random.percent(5)) request.max_blocks = UINT64_MAX;
  request.alignment_blocks = random.percent(70) ? 1 : uint64_t{1} << random.below(12);
  if (random.percent(50)) {
    request.goal_block = random.between(geometry.first_block, geometry.end_block - 1);
  }
  return request;
}

std::vector<Extent> random_marks(Random& random, Geometry geometry) {
  std::vector<Extent> marks;
  uint64_t block = geometry.first_block;
  while (block < geometry.end_block && marks.size() < 20) {
    block += random.below(40);
    if (block >= geometry.end_block) break;
    const uint64_t blocks = std::min(random.between(1, 20), geometry.end_block - block);
    marks.push_back({block, blocks});
    block += blocks;
  }
  return marks;
}

// Frees the part of a held extent that the step names; what is left stays held.
void free_part(AllocTrial& trial, std::vector<Extent>& held, const AllocStep& step) {
  if (held.empty()) return;
  const size_t at = step.which % held.size();
  const Extent whole = held[at];
  const uint64_t skipped = step.skipped_blocks % whole.blocks;
  const Extent part{whole.block + skipped, std::min(step.blocks, whole.blocks - skipped)};
  held.erase(held.begin() + static_cast<ptrdiff_t>(at));
  if (skipped > 0) held.push_back({whole.block, skipped});
  if (part.end() < whole.end()) held.push_back({part.end(), whole.end() - part.end()});
  trial.free(part);
}

void free_all(AllocTrial& trial, std::vector<Extent>& held) {
  for (const Extent extent : held) trial.free(extent);
  held.clear();
  trial.check_free_space();
  // One extent of everything: what was freed is one run again.
  const uint64_t blocks = trial.blocks_to_be_had();
  if (blocks == 0) return;
  const auto everything = trial.allocate({0, blocks, blocks, 1});
  if (everything) trial.free(*everything);
}

}  // namespace

AllocHistory random_alloc_history(uint64_t seed) {
  Random random(seed);
  AllocHistory history;
  history.geometry.first_block =
      random.percent(50) ? random.between(1, 700) : random.one_of({1, 512, 1000003});
  const uint64_t blocks = random.percent(50) ? random.between(1, 200) : random.between(200, 3000);
  history.geometry.end_block = history.geometry.first_block + blocks;
  if (random.percent(50)) history.marked = random_marks(random, history.geometry);
  const uint64_t steps = random.between(20, 120);
  const uint64_t frees_percent = random.one_of({20, 45, 60});
  for (uint64_t i = 0; i < steps; ++i) {
    AllocStep& step = history.steps.emplace_back();
    step.is_free = random.percent(frees_percent);
    step.request = random_request(random, history.geometry);
    step.which = random.next();
    step.skipped_blocks = random.percent(50) ? 0 : random.next();
    step.blocks = random.percent(50) ? UINT64_MAX : random.between(1, 30);
  }
  return history;
}

std::optional<Finding> play(const Subject& subject, const AllocHistory& history) {
  AllocTrial trial(subject, history.geometry, history.marked);
  std::vector<Extent> held = history.marked;
  for (const AllocStep& step : history.steps) {
    if (step.is_free) {
      free_part(trial, held, step);
    } else if (const auto extent = trial.allocate(step.request)) {
      held.push_back(*extent);
    }
    trial.check_free_space();
    if (trial.failed()) return trial.finding();
  }
  free_all(trial, held);
  return trial.finding();
}

std::optional<Finding> check_alloc_histories(const Subject& subject, uint64_t first_seed,
                                             uint64_t count) {
  for (uint64_t seed = first_seed; seed < first_seed + count; ++seed) {
    auto finding = play(subject, random_alloc_history(seed));
    if (!finding) continue;
    finding->seen += fmt::format(" (history of seed {})", seed);
    return finding;
  }
  return std::nullopt;
}

}  // namespace daxlab
