// What the process of a combination tells its parent, as text; the parent trusts none of it.
#pragma once

#include <optional>
#include <string>

#include "core/base/error_or.h"
#include "harness/check/check.h"

namespace daxlab {

// The last answer: a report, or why there is none.
std::string encode(const ErrorOr<CheckReport>& report);
std::string encode(const ErrorOr<ReplayReport>& report);
// A progress.
std::string encode(const Explored& explored);

// An answer that cannot be read is an error like the others.
ErrorOr<CheckReport> decode_check_report(const std::string& text);
ErrorOr<ReplayReport> decode_replay_report(const std::string& text);
std::optional<Explored> decode_explored(const std::string& text);

// Each count by its name, as in --json.
struct ExploredCount {
  const char* name;
  uint64_t Explored::*count;
};
inline constexpr ExploredCount explored_counts[] = {
    {"histories", &Explored::histories},
    {"programs", &Explored::programs},
    {"interleavings", &Explored::interleavings},
    {"distinct_interleavings", &Explored::distinct_interleavings},
    {"steps", &Explored::steps},
    {"crash_moments", &Explored::crash_moments},
    {"sampled_moments", &Explored::sampled_moments},
    {"compared", &Explored::compared},
    {"cut_short", &Explored::cut_short},
    {"crash_states", &Explored::crash_states},
    {"distinct_crash_states", &Explored::distinct_crash_states},
};

}  // namespace daxlab
