#include "core/engine/simulator/core_mutation.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace daxlab {
namespace {

bool is_lock(StepKind kind) { return kind == StepKind::lock || kind == StepKind::lock_shared; }
bool is_unlock(StepKind kind) {
  return kind == StepKind::unlock || kind == StepKind::unlock_shared;
}

}  // namespace

Mutator::Mutator(const CoreMutation* mutation) : mutation_(mutation) {
  if (mutation == nullptr || mutation->place.empty()) return;
  const size_t colon = mutation->place.rfind(':');
  file_ = mutation->place.substr(0, colon);
  if (colon == std::string::npos) return;
  line_ = static_cast<uint32_t>(std::strtoul(mutation->place.c_str() + colon + 1, nullptr, 10));
}

bool Mutator::applies(StepKind kind, const SourceLocation& where) {
  if (kind != mutation_->kind) return false;
  if (line_ != 0 && where.line() != line_) return false;
  if (!file_.empty() && !std::string_view(where.file_name()).ends_with(file_)) return false;
  ++met_;
  return mutation_->nth == 0 || met_ == mutation_->nth;
}

uint32_t Mutator::times(uint32_t thread, StepKind kind, const void* object,
                        const SourceLocation& where) {
  if (is_unlock(kind)) {
    const auto never = std::ranges::find(never_locked_, std::pair(thread, object));
    if (never != never_locked_.end()) {
      never_locked_.erase(never);
      return 0;
    }
  }
  if (!applies(kind, where)) return 1;
  if (mutation_->how != CoreMutation::How::drop) return Schedule::later;
  if (is_lock(kind)) never_locked_.emplace_back(thread, object);
  return 0;
}

void Mutator::keep(uint32_t thread, std::function<void()> act) {
  kept_.push_back({thread, std::move(act)});
}

void Mutator::catch_up(uint32_t thread, StepKind kind) {
  if (kept_.empty() || kind != mutation_->kind) return;
  thread_ends(thread);
}

void Mutator::thread_ends(uint32_t thread) {
  // Taken out first: what is done now may be a step, too.
  for (;;) {
    const auto found = std::ranges::find(kept_, thread, &Kept::thread);
    if (found == kept_.end()) return;
    const std::function<void()> act = std::move(found->act);
    kept_.erase(found);
    act();
  }
}

}  // namespace daxlab
