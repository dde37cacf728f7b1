// What `daxlab check` prints.
#pragma once

#include <string>
#include <vector>

#include "harness/proving/check_campaign.h"
#include "harness/report/junit.h"

namespace daxlab {

// A combination that was checked, or broken off.
struct CheckedRecord {
  std::string name;
  std::string writes_held_to;  // "partial", "all_or_nothing" or "atomic": see WritePromises
  CheckedOutcome outcome;
  std::string saved;   // the file of the finding; empty: none
  std::string replay;  // a command line: replays it, or checks the combination again
};

struct CheckTotals {
  size_t passed = 0, failed = 0, interrupted = 0, not_begun = 0;
  Explored explored;                // the sum
  size_t exhausted = 0;             // combinations
  std::chrono::nanoseconds time{};  // as the clock on the wall had it
  uint64_t jobs = 1;                // processes at once, at most
};

// "4 combinations, each for 10 s, on regions ...": what is about to be done.
std::string heading(size_t combinations, const CheckSettings& settings);

// "1,234 histories, 45,678 interleavings, 1.2 M crash states (412,345 distinct)"
std::string to_text(const Explored& explored);

// "global_zero/partial/first_fit  passed  1,234 histories, ...; writes held to: partial"; below it,
// what was found: judge, expected, seen, where, the story, the file, and the command that replays
// it.
std::string to_text(const CheckedRecord& record);

// What was explored in all, at which rates, and with which settings; then how many passed.
std::string summary(const CheckTotals& totals, const CheckSettings& settings);

// {"settings": {...}, "passed", "failed", "interrupted", "not_begun", "time_s", "explored": {...,
// "per_second": {...}, "per_second_of_all_jobs": {...}}, "combinations": [{"name",
// "writes_held_to", "outcome": "passed" | "broken" | "ended" | "error" | "interrupted", "explored",
// "finding": {"judge", "promise", "expected", "seen", "where", "story", "saved"}, "ended",
// "ended_in": {"where", "saved"}, "error", "replay"}]}. per_second counts the seconds of each
// process, per_second_of_all_jobs those of the clock on the wall.
std::string to_json(const std::vector<CheckedRecord>& records, const CheckTotals& totals,
                    const CheckSettings& settings);

// A case for each combination; the kind of a failure is the judge whose promise was broken.
std::vector<JunitCase> to_junit_cases(const std::vector<CheckedRecord>& records);

// The lines of a finding, indented.
std::string finding_lines(const Verdict& verdict, const std::vector<std::string>& story);

}  // namespace daxlab
