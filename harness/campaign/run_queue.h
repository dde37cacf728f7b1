// The runs of a campaign that have not begun yet.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/campaign/run_plan.h"

namespace daxlab {

// To find the next run takes the logarithm of the number of resources, however many runs there are:
// each is passed over once at most.
class RunQueue {
 public:
  // Whether a run that has not begun still has to. What is not needed once is never needed again.
  using Needed = std::function<bool(const PlannedRun&)>;

  // `resources` has for each cell what it must have for itself while it runs; empty: nothing.
  RunQueue(std::vector<PlannedRun> plan, const std::vector<std::string>& resources, Needed needed);

  // The first of the plan that is needed, and whose resource no run holds. It stays in the queue.
  std::optional<PlannedRun> next();
  // What next() gave has begun: out of the queue, and its resource is held.
  void begin(const PlannedRun& run);
  // A run that had begun is over, and its resource free.
  void end(const PlannedRun& run);

 private:
  // Runs that need the same resource, by their places in the plan.
  struct Lane {
    std::vector<size_t> places;
    size_t first = 0;  // of those that are left
    bool is_exclusive = false;
    bool is_empty() const { return first == places.size(); }
    size_t head() const { return places[first]; }
  };

  void drop_unneeded(Lane& lane) const;
  void offer(size_t lane);

  const std::vector<PlannedRun> plan_;
  const Needed needed_;
  std::vector<size_t> lane_of_cell_;
  std::vector<Lane> lanes_;
  std::set<std::pair<size_t, size_t>> heads_;  // and their lanes: of those that nobody holds
};

}  // namespace daxlab
