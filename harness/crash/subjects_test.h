// What can be done to a region and crashed: recorded once, so that its traces can be mutated.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/crash/crash_verdict.h"
#include "harness/crash/persist_trace.h"

namespace daxlab {

// Images at each moment besides the one that lost most and the one that lost nothing.
inline constexpr uint64_t subject_subsets = 8;

struct Subject {
  std::string name;
  PersistTrace trace;
  std::function<CrashVerdict(const PersistTrace&)> check;  // the trace, or a mutated one
};

// Histories of every write strategy, of seeds 1 to `count`.
std::vector<Subject> history_subjects(uint64_t count);
// A write that finds a block of somebody else's when it publishes its own.
Subject merging_subject();
Subject format_subject();
// Of a region with a damaged superblock, the first or its copy; with a log that was committed and
// no more; and with blocks past the ends of files.
std::vector<Subject> recovery_subjects();
// Of a region with one damage, and of one with each.
std::vector<Subject> repair_subjects();

// A file grows, or is cut, after stores to its last page, behind the end.
std::vector<Subject> behind_end_subjects();
// An atomic write as long as they may be.
Subject long_record_subject();
// A write that needs a block map of three levels.
Subject deep_write_subject(const std::string& write);

std::vector<Subject> all_subjects(uint64_t histories);

}  // namespace daxlab
