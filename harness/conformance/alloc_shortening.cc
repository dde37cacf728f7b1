// The fewest calls that lead to what an AllocTrial found.
#include <algorithm>
#include <chrono>

#include "harness/conformance/alloc_trial.h"

namespace daxlab {
namespace {

constexpr std::chrono::seconds longest_shortening{2};

}  // namespace

std::optional<Finding> AllocTrial::finding() {
  if (failed() && may_shorten_) shorten();
  return finding_;
}

void AllocTrial::repeat(const AllocCall& call) {
  if (call.kind == AllocCall::Kind::free_space) return check_free_space();
  if (call.kind == AllocCall::Kind::allocate) {
    if (const auto extent = allocate(call.request)) repeated_[call.allocation] = *extent;
    return;
  }
  Extent extent = call.extent;
  if (call.allocation != 0) {
    const auto answer = repeated_.find(call.allocation);
    if (answer == repeated_.end()) return;
    extent = answer->second;
  }
  for (uint64_t block = extent.block; block < extent.end(); ++block) {
    if (is_free(block)) return;
  }
  free(extent);
}

bool AllocTrial::fails_alike(const std::vector<AllocCall>& calls, const std::vector<Extent>& marked,
                             std::optional<Finding>& finding) const {
  AllocTrial again(subject_, geometry_, marked);
  again.may_shorten_ = false;
  for (const AllocCall& call : calls) {
    if (again.failed()) break;
    again.repeat(call);
  }
  if (again.rule_ != rule_) return false;
  finding = again.finding_;
  return true;
}

// Leaves calls out as long as the same rule is broken, and time allows.
void AllocTrial::shorten() {
  may_shorten_ = false;
  const auto deadline = std::chrono::steady_clock::now() + longest_shortening;
  std::optional<Finding> shortest;
  std::vector<Extent> marked = marked_;
  if (rule_ == Rule::init || rule_ == Rule::other) return;
  if (!fails_alike(calls_, marked, shortest)) return;  // it is not the calls alone
  if (fails_alike(calls_, {}, shortest)) marked.clear();
  std::vector<AllocCall> calls = calls_;
  for (size_t run = calls.size(); run > 0; run /= 2) {
    for (size_t end = calls.size(); end >= run && run > 0;) {
      if (std::chrono::steady_clock::now() > deadline) run = 1, end = 0;
      if (end == 0) break;
      std::vector<AllocCall> candidate = calls;
      const auto last = candidate.begin() + static_cast<ptrdiff_t>(end);
      candidate.erase(last - static_cast<ptrdiff_t>(run), last);
      if (fails_alike(candidate, marked, shortest)) calls = candidate;
      end -= std::min(run, end);
    }
  }
  const std::string kind = finding_->kind;
  finding_ = shortest;
  finding_->kind = kind;
}

}  // namespace daxlab
