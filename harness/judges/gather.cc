#include "harness/judges/gather.h"

#include <algorithm>
#include <cassert>
#include <memory>

#include "harness/crash/garbage.h"
#include "harness/histories/outcome_difference.h"
#include "harness/histories/replay.h"
#include "harness/judges/shown.h"
#include "harness/judges/space_needs.h"

namespace daxlab {
namespace {

// Nine files of a history, and what is on its way.
constexpr uint64_t plenty_of_blocks = 1024;

bool is_by_view(OpKind kind) {
  return kind == OpKind::read_into_view || kind == OpKind::write_from_view;
}

bool is_on_something(const Model& model, const Op& op) {
  const bool on_view = is_on_view(op.kind);
  if (!names_a_file(op.kind) && !on_view && model.file(op.file) == nullptr) return false;
  return (!on_view && !is_by_view(op.kind)) || model.view(op.view).file != nullptr;
}

bool needs_length(OpKind kind) {
  return kind == OpKind::punch || kind == OpKind::preallocate || kind == OpKind::map ||
         kind == OpKind::prefault || kind == OpKind::view_sync || is_by_view(kind);
}

bool writes(OpKind kind) { return kind == OpKind::write || kind == OpKind::write_from_view; }

class Gathering {
 public:
  Gathering(Lab& lab, const GatherPlan& plan) : lab_(lab), plan_(plan), model_(plan.file_before) {}

  SequentialEvidence run(const History& history);

 private:
  bool start(const History& history);
  bool can_run(const Op& op) const;
  bool step(const Op& op, uint64_t number);
  bool take_faults_before(const Op& op, uint64_t number);
  Outcome expect(const Op& op, const Outcome& seen);
  bool may_refuse(const Op& op, ErrorCode code) const;
  Outcome unchanged(const Op& op, ErrorCode code) const;
  std::optional<Shown> look_at_file(const Op& op, const Outcome& seen);
  void look_at_the_end();

  Lab& lab_;
  const GatherPlan& plan_;
  SequentialEvidence evidence_;
  bool may_run_out_ = false;
  Model model_;
  std::unique_ptr<Replay> replay_;
};

bool Gathering::start(const History& history) {
  evidence_.seed = history.seed;
  evidence_.all_or_nothing = plan_.all_or_nothing;
  evidence_.atomic_writes = plan_.atomic_writes;
  evidence_.faults = plan_.faults;
  evidence_.file_before = plan_.file_before;
  evidence_.ops.reserve(history.ops.size() + 8);
  if (!plan_.fill_free_blocks) {
    evidence_.garbage_seed = plan_.garbage_seed;
    evidence_.garbage_blocks = plan_.garbage_blocks;
  } else if (!lab_.region_bytes().empty()) {
    assert(!plan_.file_before);
    evidence_.garbage_seed = history.seed + 1;
    evidence_.garbage_blocks =
        fill_free_blocks(lab_.region_bytes(), evidence_.garbage_seed, plan_.faults.poisoned_blocks);
  }
  evidence_.before = look_at(lab_, plan_.judges);
  may_run_out_ = plan_.faults.no_space_at != 0;
  if (!may_run_out_ && !lab_.region_bytes().empty()) {
    const SpaceUse space =
        evidence_.before.space ? *evidence_.before.space : lab_.files().space_use();
    may_run_out_ = space.available_blocks() < plenty_of_blocks;
  }
  return !evidence_.before.unsafe_answer;
}

SequentialEvidence Gathering::run(const History& history) {
  if (!start(history)) return std::move(evidence_);
  replay_ = std::make_unique<Replay>(lab_.files());
  bool goes_on = true;
  for (uint64_t i = 0; i < history.ops.size() && goes_on; ++i) {
    const Op& op = history.ops[i];
    if (!can_run(op)) continue;
    if (is_by_view(op.kind) && may_run_out_ && !take_faults_before(op, i)) continue;
    goes_on = step(op, i);
  }
  if (goes_on) look_at_the_end();
  replay_.reset();
  evidence_.emptied = look_at(lab_, plan_.judges);
  return std::move(evidence_);
}

bool Gathering::can_run(const Op& op) const {
  if (!is_on_something(model_, op) || !model_.is_defined(op)) return false;
  if (is_by_view(op.kind) && model_.meets_lost_page(op)) return false;
  return op.length_bytes > 0 || !needs_length(op.kind);
}

// Of a view's memory that is read or written in a call. False: they failed, and the call would.
bool Gathering::take_faults_before(const Op& op, uint64_t number) {
  Op prefault;
  prefault.kind = OpKind::prefault;
  prefault.view = op.view;
  prefault.offset_bytes = op.value;
  prefault.length_bytes = op.length_bytes;
  prefault.value = op.kind == OpKind::read_into_view ? 1 : 0;
  return step(prefault, number) && evidence_.ops.back().seen.code == ErrorCode::ok;
}

// False: the model cannot follow what was answered.
bool Gathering::step(const Op& op, uint64_t number) {
  AnsweredOp answered{.op = op, .number = number, .expected = {}, .seen = {}};
  answered.met_lost_page = model_.meets_lost_page(op);
  answered.seen = replay_->apply(op);
  answered.expected = expect(op, answered.seen);
  answered.file = look_at_file(op, answered.seen);
  answered.after = look_at(lab_, plan_.judges);
  if (answered.after->space) answered.most_blocks = most_blocks_of(model_);
  const Outcome& expected = answered.expected;
  const Outcome& seen = answered.seen;
  const bool follows = same_code(op.kind, expected.code, seen.code) &&
                       expected.count_bytes == seen.count_bytes &&
                       expected.size_bytes == seen.size_bytes && !answered.after->unsafe_answer;
  evidence_.ops.push_back(std::move(answered));
  return follows;
}

Outcome Gathering::expect(const Op& op, const Outcome& seen) {
  if (seen.code != ErrorCode::ok) {
    return may_refuse(op, seen.code) ? unchanged(op, seen.code) : model_.apply(op);
  }
  if (!writes(op.kind) || seen.count_bytes >= op.length_bytes) return model_.apply(op);
  if (seen.count_bytes == 0) return unchanged(op, ErrorCode::ok);
  Op shorter = op;
  shorter.length_bytes = seen.count_bytes;
  return model_.apply(shorter);
}

// Whether it was right to is for the judge of it.
bool Gathering::may_refuse(const Op& op, ErrorCode code) const {
  if (code == ErrorCode::no_space) return daxlab::may_run_out(op.kind);
  if (code == ErrorCode::too_big) {
    return writes(op.kind) && op.length_bytes > replay_->file(op.file)->max_write_bytes();
  }
  return code == ErrorCode::io_error && model_.meets_lost_page(op);
}

Outcome Gathering::unchanged(const Op& op, ErrorCode code) const {
  Outcome outcome;
  outcome.code = code;
  if (!is_on_view(op.kind)) outcome.size_bytes = model_.file(op.file)->size_bytes();
  return outcome;
}

std::optional<Shown> Gathering::look_at_file(const Op& op, const Outcome& seen) {
  const bool failed = (seen.code == ErrorCode::no_space || seen.code == ErrorCode::io_error) &&
                      may_refuse(op, seen.code);
  const bool is_short =
      writes(op.kind) && seen.code == ErrorCode::ok && seen.count_bytes < op.length_bytes;
  if (!failed && !is_short) return std::nullopt;
  if (op.kind == OpKind::load || op.kind == OpKind::prefault || op.kind == OpKind::read) {
    return std::nullopt;
  }
  uint32_t place = op.file;
  if (is_on_view(op.kind)) {
    place = 0;
    while (place < history_files && model_.file(place) != model_.view(op.view).file) ++place;
    if (place == history_files) return std::nullopt;  // nobody has it open any more
  }
  return shown_by_read(*model_.file(place), *replay_->file(place), may_run_out_);
}

void Gathering::look_at_the_end() {
  const bool wanted = has(plan_.judges, JudgeName::coherence) ||
                      has(plan_.judges, JudgeName::isolation) ||
                      has(plan_.judges, JudgeName::parity);
  if (!wanted) return;
  for (uint32_t file = 0; file < history_files; ++file) {
    if (model_.file(file) == nullptr) continue;
    evidence_.at_end.push_back(
        {false, file, shown_by_read(*model_.file(file), *replay_->file(file), may_run_out_)});
  }
  for (uint32_t place = 0; place < history_views; ++place) {
    const Model::ModelView& view = model_.view(place);
    if (view.file == nullptr) continue;
    for (uint64_t page = 0; page < view.range.pages; ++page) {
      evidence_.at_end.push_back(
          {true, place,
           shown_by_view(*view.file, view.range.pgoff + page, *replay_->view(place),
                         page * page_bytes, may_run_out_)});
    }
  }
}

}  // namespace

uint64_t most_blocks_of(const Model& model) {
  std::array<const ModelFile*, history_files + history_views> files{};
  size_t count = 0;
  const auto add = [&](const ModelFile* file) {
    const auto end = files.begin() + static_cast<ptrdiff_t>(count);
    if (file != nullptr && std::find(files.begin(), end, file) == end) files[count++] = file;
  };
  for (uint32_t file = 0; file < history_files; ++file) add(model.file(file).get());
  for (uint32_t view = 0; view < history_views; ++view) add(model.view(view).file.get());
  uint64_t blocks = 0;
  for (size_t i = 0; i < count; ++i) {
    blocks += most_blocks_for(pages_of({0, files[i]->size_bytes()}));
  }
  return blocks;
}

SequentialEvidence gather(Lab& lab, const History& history, const GatherPlan& plan) {
  return Gathering(lab, plan).run(history);
}

}  // namespace daxlab
