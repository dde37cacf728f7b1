#include "harness/crash/check_procedure.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/crash/crash_image.h"

namespace daxlab {
namespace {

class ProcedureCheck {
 public:
  ProcedureCheck(std::span<const std::byte> before, const ImageJudge& judge, uint64_t subsets,
                 uint64_t seed)
      : images_(before), judge_(judge), subsets_(subsets), seed_(seed) {}

  CrashVerdict run(const PersistTrace& trace) {
    for (const PersistEvent& event : trace.events) {
      if (event.kind == EventKind::fence)
        crash(false, "before the fence at " + place_of(event.where));
      if (verdict_.finding) return verdict_;
      images_.apply(trace, event);
    }
    crash(true, "after its end");
    return verdict_;
  }

 private:
  void crash(bool is_over, const std::string& moment) {
    ++verdict_.counts.moments;
    images_.drop_open_lines();
    look(is_over, moment + ", all unfenced lines lost");
    if (images_.open_lines() == 0) return;
    for (uint64_t i = 0; i < subsets_ && !verdict_.finding; ++i) {
      images_.choose(++seed_);
      look(is_over, fmt::format("{}, unfenced lines chosen by {}", moment, seed_));
    }
  }

  void look(bool is_over, const std::string& moment) {
    ++verdict_.counts.images;
    const LineMemory copy(images_.image());
    verdict_.finding = judge_(copy.bytes(), is_over);
    if (!verdict_.finding) return;
    verdict_.finding->text = fmt::format("{}: {}\n  {}", name_of(verdict_.finding->promise),
                                         verdict_.finding->text, moment);
  }

  CrashImages images_;
  const ImageJudge& judge_;
  uint64_t subsets_;
  uint64_t seed_;
  CrashVerdict verdict_;
};

}  // namespace

CrashVerdict check_procedure(std::span<const std::byte> before, const PersistTrace& trace,
                             const ImageJudge& judge, uint64_t subsets, uint64_t seed) {
  return ProcedureCheck(before, judge, subsets, seed).run(trace);
}

bool stores_something(const PersistTrace& trace) {
  return std::ranges::any_of(trace.events, [](const PersistEvent& event) {
    return event.kind == EventKind::word || event.kind == EventKind::bytes;
  });
}

}  // namespace daxlab
