#include "harness/run/part_counters.h"

#include <array>
#include <initializer_list>
#include <span>

#include "core/base/timed_sample.h"

namespace daxlab {
namespace {

// What is in get_block_create, whoever else may spend such time.
constexpr std::array of_allocation = {TimePart::allocate,  TimePart::look_up, TimePart::reserve,
                                      TimePart::allocator, TimePart::pin,     TimePart::copy,
                                      TimePart::zero,      TimePart::flush,   TimePart::fence,
                                      TimePart::publish};

class Means {
 public:
  Means(const PartTimes& times, TimedCallKind kind, double mean_ns)
      : times_(times), kind_(kind), mean_ns_(mean_ns) {}
  double of(std::span<const TimePart> parts) const {
    double share = 0;
    for (const TimePart part : parts) share += times_.share(kind_, part);
    return share * mean_ns_;
  }
  double of(std::initializer_list<TimePart> parts) const {
    return of(std::span(parts.begin(), parts.size()));
  }

 private:
  const PartTimes& times_;
  const TimedCallKind kind_;
  const double mean_ns_;
};

double with_parts(const PartTimes& times, TimedCallKind kind) {
  return static_cast<double>(times.with_parts(kind));
}

void add_write_parts(const PartTimes& times, NamedCounters& named) {
  const double write_ns = times.mean_ns(TimedCallKind::write);
  const Means means(times, TimedCallKind::write, write_ns);
  named.insert(named.end(), {{"timed_writes", with_parts(times, TimedCallKind::write)},
                             {"write_ns", write_ns},
                             {"write_look_up_ns", means.of({TimePart::look_up})},
                             {"write_reserve_ns", means.of({TimePart::reserve})},
                             {"write_allocator_ns", means.of({TimePart::allocator})},
                             {"write_pin_ns", means.of({TimePart::pin})},
                             {"write_copy_ns", means.of({TimePart::copy})},
                             {"write_zero_ns", means.of({TimePart::zero})},
                             {"write_flush_ns", means.of({TimePart::flush})},
                             {"write_fence_ns", means.of({TimePart::fence})},
                             {"write_publish_ns", means.of({TimePart::publish})},
                             {"write_strategy_ns",
                              means.of({TimePart::strategy, TimePart::find, TimePart::page_cache,
                                        TimePart::insert, TimePart::unmap, TimePart::allocate})},
                             {"write_rest_ns", means.of({TimePart::rest})}});
}

void add_read_parts(const PartTimes& times, NamedCounters& named) {
  const double read_ns = times.mean_ns(TimedCallKind::read);
  const Means means(times, TimedCallKind::read, read_ns);
  named.insert(named.end(), {{"timed_reads", with_parts(times, TimedCallKind::read)},
                             {"read_ns", read_ns},
                             {"read_look_up_ns", means.of({TimePart::look_up})},
                             {"read_pin_ns", means.of({TimePart::pin})},
                             {"read_copy_ns", means.of({TimePart::copy})},
                             {"read_rest_ns", means.of({TimePart::rest})}});
}

}  // namespace

void add_fault_parts(const Counters& counters, double faults, NamedCounters& named) {
  const PartTimes& times = counters.part_times();
  const double handler_ns =
      faults > 0 ? static_cast<double>(counters.sum(Counter::handler_ns)) / faults : 0;
  const Means means(times, TimedCallKind::fault, handler_ns);
  const double in_others = means.of({TimePart::strategy, TimePart::find, TimePart::page_cache,
                                     TimePart::insert, TimePart::unmap});
  const double allocating = means.of(of_allocation);
  named.insert(named.end(),
               {{"handler_ns", handler_ns},
                {"strategy_ns", in_others + allocating},
                {"op_find_ns", means.of({TimePart::find})},
                {"op_allocate_ns", allocating},
                {"op_allocator_ns", means.of({TimePart::allocator})},
                {"op_zero_ns", means.of({TimePart::zero, TimePart::flush, TimePart::fence})},
                {"op_page_cache_ns", means.of({TimePart::page_cache})},
                {"op_insert_ns", means.of({TimePart::insert})},
                {"op_unmap_ns", means.of({TimePart::unmap})},
                {"fault_parts_one_in", static_cast<double>(fault_parts_one_in)},
                {"timed_faults", with_parts(times, TimedCallKind::fault)}});
}

void add_call_parts(const Counters& counters, NamedCounters& named) {
  const PartTimes& times = counters.part_times();
  const auto calls = [&](Counter kind) { return static_cast<double>(counters.sum(kind)); };
  named.insert(named.end(), {{"write_calls", calls(Counter::write_calls)},
                             {"read_calls", calls(Counter::read_calls)},
                             {"call_parts_one_in", static_cast<double>(call_parts_one_in)}});
  if (times.with_parts(TimedCallKind::write) > 0) add_write_parts(times, named);
  if (times.with_parts(TimedCallKind::read) > 0) add_read_parts(times, named);
}

}  // namespace daxlab
