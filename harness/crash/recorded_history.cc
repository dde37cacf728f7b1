#include "harness/crash/recorded_history.h"

#include <cassert>
#include <cstring>
#include <span>

#include "harness/crash/garbage.h"
#include "harness/histories/model.h"
#include "harness/histories/replay.h"

namespace daxlab {
namespace {

// On a place that holds no open file or view nothing happens.
bool is_on_something(const Model& model, const Op& op) {
  const bool by_name =
      op.kind == OpKind::create || op.kind == OpKind::open || op.kind == OpKind::unlink;
  const bool on_view = is_on_view(op.kind);
  const bool by_view = op.kind == OpKind::read_into_view || op.kind == OpKind::write_from_view;
  if (!by_name && !on_view && model.file(op.file) == nullptr) return false;
  return (!on_view && !by_view) || model.view(op.view).file != nullptr;
}

RecordedOp as_it_happened(Op op, const Outcome& outcome) {
  const bool counted = op.kind == OpKind::write || op.kind == OpKind::write_from_view ||
                       op.kind == OpKind::read_into_view;
  if (counted && outcome.code == ErrorCode::ok) op.length_bytes = outcome.count_bytes;
  return {op, outcome.code};
}

// Nobody survives a bus error inside read() and write(), so where space may run out their faults
// are taken first.
bool can_run(const Model& model, Replay& replay, const Op& op) {
  if (!is_on_something(model, op) || !model.is_defined(op)) return false;
  const bool fills_view = op.kind == OpKind::read_into_view;
  if (!fills_view && op.kind != OpKind::write_from_view) return true;
  return op.length_bytes > 0 &&
         replay.view(op.view)->prefault({op.value, op.length_bytes}, fills_view).ok();
}

}  // namespace

RecordedHistory record_history(Lab& lab, PersistRecorder& recorder, const History& history) {
  RecordedHistory recorded{.seed = history.seed, .ops = {}, .before = {}, .trace = {}};
  const std::span<std::byte> region = lab.region_bytes();
  fill_free_blocks(region, history.seed);
  recorded.before.assign(region.begin(), region.end());
  Model model;
  Replay replay(lab.files());
  recorder.start(region);
  for (const Op& op : history.ops) {
    if (!can_run(model, replay, op)) continue;
    recorder.op_begins(recorded.ops.size());
    const RecordedOp happened = as_it_happened(op, replay.apply(op));
    recorder.op_ends(recorded.ops.size());
    recorded.ops.push_back(happened);
    if (!happened.failed()) model.apply(happened.op);
  }
  recorded.trace = recorder.stop();
  return recorded;
}

}  // namespace daxlab
