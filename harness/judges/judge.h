// The promises that every strategy keeps, each with a judge of its own in the file of its name.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
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
  count
};

// As typed: "zero-page-cache". The promise: one sentence without its dot.
const char* name_of(JudgeName judge);
const char* promise_of(JudgeName judge);
// The error names the nearest.
ErrorOr<JudgeName> judge_named(const std::string& name);

// What a judge says about a run that breaks its promise.
struct Verdict {
  JudgeName judge = JudgeName::coherence;
  std::string expected;  // for people, without a trailing dot
  std::string seen;
  std::string where;  // which operation, thread, word or block; may be empty
};

}  // namespace daxlab
