#include "harness/judges/judge_all.h"

#include "harness/judges/accounting.h"
#include "harness/judges/coherence.h"
#include "harness/judges/enospc.h"
#include "harness/judges/isolation.h"
#include "harness/judges/zero_page_cache.h"

namespace daxlab {
namespace {

template <class Evidence>
struct Judge {
  JudgeName name;
  std::optional<Verdict> (*judge)(const Evidence&);
};

// The most specific first.
template <class Evidence>
constexpr Judge<Evidence> judges_in_order[] = {
    {JudgeName::isolation, judge_isolation}, {JudgeName::zero_page_cache, judge_zero_page_cache},
    {JudgeName::enospc, judge_enospc},       {JudgeName::accounting, judge_accounting},
    {JudgeName::coherence, judge_coherence},
};

}  // namespace

std::optional<Verdict> judge_all(const SequentialEvidence& evidence, const JudgeSet& judges) {
  std::optional<Verdict> earliest;
  for (const auto& [name, judge] : judges_in_order<SequentialEvidence>) {
    if (!has(judges, name)) continue;
    auto verdict = judge(evidence);
    if (verdict && (!earliest || *verdict->at < *earliest->at)) earliest = verdict;
  }
  return earliest;
}

std::optional<Verdict> judge_all(const ConcurrentEvidence& evidence, const JudgeSet& judges) {
  for (const auto& [name, judge] : judges_in_order<ConcurrentEvidence>) {
    if (!has(judges, name)) continue;
    if (auto verdict = judge(evidence)) return verdict;
  }
  return std::nullopt;
}

}  // namespace daxlab
