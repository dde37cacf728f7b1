#include <fmt/format.h>

#include <memory>

#include "core/base/clock.h"
#include "harness/bench/rows.h"
#include "harness/crash/check_crashes.h"
#include "harness/histories/random_history.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

constexpr uint64_t crashed_region_bytes = 64 * 1024;

ErrorOr<std::vector<RecordedHistory>> record(const std::string& write, uint64_t histories) {
  std::vector<RecordedHistory> recorded;
  for (uint64_t seed = 1; seed <= histories; ++seed) {
    PersistRecorder recorder;
    const std::unique_ptr<Lab> lab = make_lab({.engine = EngineKind::simulator,
                                               .write = write,
                                               .region_bytes = crashed_region_bytes,
                                               .observer = &recorder});
    recorded.push_back(record_history(*lab, recorder, random_history(seed)));
  }
  return recorded;
}

// The time of `states` of them, from that of all.
ErrorOr<TimedLoop> prepare_crash_states(const std::string& write, PersistenceDomain domain,
                                        uint64_t histories, uint64_t states) {
  auto recorded = record(write, histories);
  if (!recorded.ok()) return recorded.error();
  const CrashPlan plan{.atomic_writes = write == "atomic", .domain = domain, .most_images = 0};
  return TimedLoop([=, runs = std::make_shared<std::vector<RecordedHistory>>(
                           recorded.take())]() -> ErrorOr<uint64_t> {
    CrashCounts counts;
    const uint64_t start_ns = now_ns();
    for (const RecordedHistory& history : *runs) {
      const CrashVerdict verdict = check_crashes(history, plan);
      if (verdict.finding) return Error{verdict.finding->text};
      counts += verdict.counts;
    }
    const uint64_t spent_ns = now_ns() - start_ns;
    if (counts.distinct_images == 0) return Error{"no crash left an image"};
    return spent_ns * states / counts.distinct_images;
  });
}

}  // namespace

void add_crash_rows(const RowSizes& sizes, std::vector<Row>& rows) {
  if (sizes.crash_histories == 0) return;
  constexpr uint64_t states = 1000;
  for (const std::string write : {"partial", "atomic"}) {
    for (PersistenceDomain domain : {PersistenceDomain::adr, PersistenceDomain::eadr}) {
      rows.push_back(
          {fmt::format("crash_states/{}/{}/bytes:{}", write, name_of(domain), crashed_region_bytes),
           "", states,
           [=] { return prepare_crash_states(write, domain, sizes.crash_histories, states); }});
    }
  }
}

}  // namespace daxlab
