#include "core/base/part_clock.h"

#include <algorithm>
#include <numeric>

namespace daxlab {

namespace {

// The median: whoever is interrupted here measures more.
uint64_t measured_clock_cost_ns() noexcept {
  std::array<uint64_t, 101> costs;
  uint64_t before_ns = now_ns();
  for (uint64_t& cost : costs) {
    const uint64_t at_ns = now_ns();
    cost = at_ns - before_ns;
    before_ns = at_ns;
  }
  std::ranges::nth_element(costs, costs.begin() + costs.size() / 2);
  return costs[costs.size() / 2];
}

const uint64_t measured_at_start_ns = measured_clock_cost_ns();

}  // namespace

uint64_t clock_cost_ns() noexcept { return measured_at_start_ns; }

uint64_t PartClock::total_ns() const noexcept {
  return std::accumulate(ns_.begin(), ns_.end(), uint64_t{0});
}

uint64_t PartTimes::Sums::add(uint64_t took_ns, uint64_t stands_for) noexcept {
  constexpr double far_longer = 8;
  const double before_ns = mean_ns();
  if (before_ns > 0 && static_cast<double>(took_ns) > far_longer * before_ns) stands_for = 1;
  total_ns.fetch_add(took_ns * stands_for, std::memory_order_relaxed);
  calls.fetch_add(stands_for, std::memory_order_relaxed);
  return stands_for;
}

double PartTimes::Sums::mean_ns() const noexcept {
  const uint64_t of_calls = calls.load(std::memory_order_relaxed);
  const uint64_t ns = total_ns.load(std::memory_order_relaxed);
  return of_calls == 0 ? 0 : static_cast<double>(ns) / static_cast<double>(of_calls);
}

void PartTimes::Sums::reset() noexcept {
  total_ns.store(0, std::memory_order_relaxed);
  calls.store(0, std::memory_order_relaxed);
}

void PartTimes::add(TimedCallKind kind, const PartClock& clock, uint64_t calls) noexcept {
  Times& times = of(kind);
  calls = times.in_parts.add(clock.total_ns(), calls);
  for (size_t part = 0; part < part_count; ++part) {
    const uint64_t ns = clock.ns(static_cast<TimePart>(part));
    if (ns != 0) times.ns[part].fetch_add(ns * calls, std::memory_order_relaxed);
  }
  times.with_parts.fetch_add(1, std::memory_order_relaxed);
}

void PartTimes::add_whole(TimedCallKind kind, uint64_t took_ns, uint64_t calls) noexcept {
  of(kind).as_whole.add(took_ns, calls);
}

double PartTimes::share(TimedCallKind kind, TimePart part) const noexcept {
  const Times& times = of(kind);
  const uint64_t ns = times.ns[static_cast<size_t>(part)].load(std::memory_order_relaxed);
  const uint64_t total_ns = times.in_parts.total_ns.load(std::memory_order_relaxed);
  return total_ns == 0 ? 0 : static_cast<double>(ns) / static_cast<double>(total_ns);
}

double PartTimes::mean_ns(TimedCallKind kind) const noexcept {
  const double whole_ns = of(kind).as_whole.mean_ns();
  return whole_ns > 0 ? whole_ns : of(kind).in_parts.mean_ns();
}

uint64_t PartTimes::with_parts(TimedCallKind kind) const noexcept {
  return of(kind).with_parts.load(std::memory_order_relaxed);
}

void PartTimes::reset() noexcept {
  for (Times& times : times_) {
    times.in_parts.reset();
    times.as_whole.reset();
    for (auto& ns : times.ns) ns.store(0, std::memory_order_relaxed);
    times.with_parts.store(0, std::memory_order_relaxed);
  }
}

}  // namespace daxlab
