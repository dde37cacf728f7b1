#include "harness/campaign/run_queue.h"

#include <cassert>
#include <map>

namespace daxlab {

RunQueue::RunQueue(std::vector<PlannedRun> plan, const std::vector<std::string>& resources,
                   Needed needed)
    : plan_(std::move(plan)), needed_(std::move(needed)) {
  std::map<std::string, size_t> lanes;
  for (const std::string& resource : resources) {
    const auto [lane, is_new] = lanes.try_emplace(resource, lanes_.size());
    if (is_new) lanes_.push_back({{}, 0, !resource.empty()});
    lane_of_cell_.push_back(lane->second);
  }
  for (size_t place = 0; place < plan_.size(); ++place) {
    lanes_[lane_of_cell_.at(plan_[place].cell)].places.push_back(place);
  }
  for (size_t lane = 0; lane < lanes_.size(); ++lane) offer(lane);
}

void RunQueue::drop_unneeded(Lane& lane) const {
  while (!lane.is_empty() && !needed_(plan_[lane.head()])) ++lane.first;
}

void RunQueue::offer(size_t lane) {
  if (!lanes_[lane].is_empty()) heads_.emplace(lanes_[lane].head(), lane);
}

std::optional<PlannedRun> RunQueue::next() {
  while (!heads_.empty()) {
    const auto [place, lane] = *heads_.begin();
    drop_unneeded(lanes_[lane]);
    if (!lanes_[lane].is_empty() && lanes_[lane].head() == place) return plan_[place];
    heads_.erase(heads_.begin());
    offer(lane);
  }
  return std::nullopt;
}

void RunQueue::begin(const PlannedRun& run) {
  const size_t lane = lane_of_cell_.at(run.cell);
  assert(plan_[lanes_[lane].head()] == run);
  heads_.erase({lanes_[lane].head(), lane});
  ++lanes_[lane].first;
  if (!lanes_[lane].is_exclusive) offer(lane);
}

void RunQueue::end(const PlannedRun& run) {
  const size_t lane = lane_of_cell_.at(run.cell);
  if (lanes_[lane].is_exclusive) offer(lane);
}

}  // namespace daxlab
