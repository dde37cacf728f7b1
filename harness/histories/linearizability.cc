#include "harness/histories/linearizability.h"

#include <limits>
#include <set>
#include <utility>
#include <vector>

namespace daxlab {
namespace {

// How many operations of each thread are ordered so far, and what the word holds then. As a
// thread's operations never overlap, the counts say which operations they are.
struct Configuration {
  std::vector<uint32_t> ordered;
  uint64_t value = 0;
  friend auto operator<=>(const Configuration&, const Configuration&) = default;
};

bool is_alike(const WordOp& op, uint64_t value) { return ((op.value ^ value) & op.mask) == 0; }

// What the word holds after a write; false: the write cannot come where it holds `before`.
bool take_effect(const WordOp& op, uint64_t before, uint64_t& after) {
  const bool inside = before != past_end;
  after = op.value;
  if (op.effect == Effect::if_inside && !inside) after = before;
  if (op.effect == Effect::if_past_end && inside) after = before;
  if (op.effect == Effect::if_alike && !is_alike(op, before)) after = before;
  return op.effect == Effect::inside_only    ? inside
         : op.effect == Effect::outside_only ? !inside
                                             : true;
}

class Search {
 public:
  explicit Search(std::span<const WordOp> ops) {
    for (const WordOp& op : ops) {
      if (op.thread >= threads_.size()) threads_.resize(op.thread + 1);
      threads_[op.thread].push_back(op);
    }
  }

  bool run(uint64_t initial) {
    std::vector<Configuration> open{{std::vector<uint32_t>(threads_.size(), 0), initial}};
    std::set<Configuration> seen;
    while (!open.empty()) {
      Configuration here = std::move(open.back());
      open.pop_back();
      order_reads(here);
      if (is_complete(here)) return true;
      if (!seen.insert(here).second) continue;
      const uint64_t deadline = first_answer(here);
      for (size_t thread = 0; thread < threads_.size(); ++thread) {
        const WordOp* op = next(here, thread);
        if (op == nullptr || op->is_read || op->invoked > deadline) continue;
        Configuration after = here;
        if (!take_effect(*op, here.value, after.value)) continue;
        if (op->repeats) open.push_back(after);
        ++after.ordered[thread];
        open.push_back(std::move(after));
      }
    }
    return false;
  }

 private:
  const WordOp* next(const Configuration& here, size_t thread) const {
    const auto& ops = threads_[thread];
    return here.ordered[thread] < ops.size() ? &ops[here.ordered[thread]] : nullptr;
  }

  bool is_complete(const Configuration& here) const {
    for (size_t thread = 0; thread < threads_.size(); ++thread) {
      if (next(here, thread) != nullptr) return false;
    }
    return true;
  }

  // Nothing that was invoked later than this may come next.
  uint64_t first_answer(const Configuration& here) const {
    uint64_t first = std::numeric_limits<uint64_t>::max();
    for (size_t thread = 0; thread < threads_.size(); ++thread) {
      if (const WordOp* op = next(here, thread); op != nullptr && op->answered < first) {
        first = op->answered;
      }
    }
    return first;
  }

  // A read that fits now may as well come now: it changes nothing for the others.
  void order_reads(Configuration& here) const {
    for (bool again = true; again;) {
      again = false;
      const uint64_t deadline = first_answer(here);
      for (size_t thread = 0; thread < threads_.size(); ++thread) {
        const WordOp* op = next(here, thread);
        if (op == nullptr || !op->is_read || !is_alike(*op, here.value) || op->invoked > deadline) {
          continue;
        }
        ++here.ordered[thread];
        again = true;
        break;
      }
    }
  }

  std::vector<std::vector<WordOp>> threads_;
};

}  // namespace

bool has_explaining_order(std::span<const WordOp> ops, uint64_t initial) {
  return Search(ops).run(initial);
}

}  // namespace daxlab
