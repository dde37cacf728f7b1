// The promises that every strategy keeps, each with a judge of its own in the file of its name.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "core/base/error_or.h"

namespace daxlab {

enum class JudgeName : uint32_t {
  coherence,
  isolation,
  zero_page_cache,
  enospc,
  accounting,
  durability,
  parity,
  progress,
  count
};

// As typed: "zero-page-cache". The promise: one sentence without its dot.
const char* name_of(JudgeName judge);
const char* promise_of(JudgeName judge);
// The error names the nearest, or all.
ErrorOr<JudgeName> judge_named(const std::string& name);

using JudgeSet = std::set<JudgeName>;  // empty: all
inline bool has(const JudgeSet& judges, JudgeName judge) {
  return judges.empty() || judges.contains(judge);
}

// What a judge says about a run that breaks its promise.
struct Verdict {
  JudgeName judge = JudgeName::coherence;
  std::string expected;  // for people, without a trailing dot
  std::string seen;
  std::string where;  // which operation, thread, word or block; may be empty
  // One thread: the operation of the history where it showed, or one of those below. Several: when
  // an operation was answered. nullopt: at no moment in particular.
  std::optional<uint64_t> at = {};
};
inline constexpr uint64_t when_all_was_done = UINT64_MAX - 1;
inline constexpr uint64_t when_all_was_gone = UINT64_MAX;  // no file is left

// "isolation: expected ..., seen ... (op 3 load view 0 offset 8)"
std::string to_text(const Verdict& verdict);

}  // namespace daxlab
