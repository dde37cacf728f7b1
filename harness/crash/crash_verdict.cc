#include "harness/crash/crash_verdict.h"

namespace daxlab {

const char* name_of(Promise promise) {
  switch (promise) {
    case Promise::opening:
      return "opening";
    case Promise::accounting:
      return "accounting";
    case Promise::isolation:
      return "isolation";
    case Promise::durability:
      return "durability";
    case Promise::atomicity:
      return "atomicity";
    case Promise::size:
      return "size";
  }
  return "?";
}

CrashCounts& CrashCounts::operator+=(const CrashCounts& other) {
  histories += other.histories;
  known_runs += other.known_runs;
  moments += other.moments;
  exhaustive_moments += other.exhaustive_moments;
  sampled_moments += other.sampled_moments;
  known_moments += other.known_moments;
  images += other.images;
  distinct_images += other.distinct_images;
  seen_images += other.seen_images;
  cut_recoveries += other.cut_recoveries;
  lives += other.lives;
  cut_short += other.cut_short;
  return *this;
}

}  // namespace daxlab
