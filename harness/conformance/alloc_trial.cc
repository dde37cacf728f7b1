#include "harness/conformance/alloc_trial.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/code_place_text.h"
#include "harness/run/exit_cause.h"

namespace daxlab {
namespace {

constexpr size_t shown_alloc_steps = 12;

std::string to_text(const AllocationRequest& request) {
  return fmt::format("allocate goal {} min {} max {} alignment {}", request.goal_block,
                     request.min_blocks, request.max_blocks, request.alignment_blocks);
}

}  // namespace

std::string to_text(Extent extent) {
  if (extent.blocks == 1) return fmt::format("block {}", extent.block);
  return fmt::format("blocks {} to {}", extent.block, extent.block + extent.blocks - 1);
}

std::unique_ptr<AllocInstance> make_allocator(const Subject& subject,
                                              std::optional<Finding>& finding) {
  auto made = AllocInstance::create(subject.plugin(), *subject.plugin().plugin.alloc(),
                                    PluginCallback::alloc_create, subject.log());
  if (made.ok()) return made.take();
  finding = {"create gives an instance", made.error().message, {}};
  return nullptr;
}

AllocTrial::AllocTrial(const Subject& subject, Geometry geometry, const std::vector<Extent>& marked)
    : subject_(subject),
      log_(subject.log()),
      watch_before_(static_cast<CallLog::Watch>(log_.how_watched())),
      marked_(marked),
      geometry_(geometry),
      free_(geometry.end_block - geometry.first_block, true),
      free_blocks_(free_.size()),
      instance_(make_allocator(subject, finding_)) {
  // A lock that is kept is told with the calls that lead there.
  if (log_.is_watched()) log_.watch(CallLog::note);
  if (failed()) return;
  steps_.push_back(
      fmt::format("init for blocks {} to {}", geometry.first_block, geometry.end_block - 1));
  Status status;
  {
    InPlugin in_plugin(log_, PluginCallback::alloc_init);
    status = instance_->strategy().init(geometry);
  }
  if (!check_deeds()) return;
  if (!status.ok()) {
    fail(Rule::init, "init is ok", describe(status.code()));
    return;
  }
  if (marked.empty()) {
    const FreeSpace said = ask_free_space();
    if (!failed()) check_reserve(said);
    reserved_after_init_ = said.reserved_blocks;
    return;
  }
  for (const Extent extent : marked) {
    steps_.push_back("mark_used " + to_text(extent));
    {
      InPlugin in_plugin(log_, PluginCallback::alloc_mark_used);
      status = instance_->strategy().mark_used(extent);
    }
    if (!check_deeds()) return;
    if (!status.ok()) {
      fail(Rule::init, "mark_used is ok", describe(status.code()));
      return;
    }
    set(extent, false);
  }
}

std::optional<Extent> AllocTrial::allocate(const AllocationRequest& request) {
  if (failed()) return std::nullopt;
  Result<Extent> answer = ErrorCode::no_space;
  {
    InPlugin in_plugin(log_, PluginCallback::alloc_allocate);
    answer = instance_->strategy().allocate(request);
  }
  calls_.push_back({AllocCall::Kind::allocate, request, {}, next_allocation_++});
  steps_.push_back(to_text(request) + ": " +
                   (answer.ok() ? to_text(answer.value()) : describe(answer.code())));
  if (!check_deeds()) return std::nullopt;
  if (!answer.ok()) {
    if (answer.code() == ErrorCode::no_space) {
      check_no_space(request);
    } else {
      fail(Rule::error, "an extent, or no_space, the only error that allocate may give",
           describe(answer.code()));
    }
    return std::nullopt;
  }
  if (!check_answer(request, answer.value())) return std::nullopt;
  set(answer.value(), false);
  answers_[answer.value().block] = {calls_.back().allocation, answer.value().blocks};
  return answer.value();
}

void AllocTrial::check_no_space(const AllocationRequest& request) {
  const uint64_t longest = longest_free_run();
  if (longest < request.min_blocks) return;
  const FreeSpace said = ask_free_space();
  if (failed()) return;
  check_reserve(said);
  if (failed() || free_blocks_ - request.min_blocks < said.reserved_blocks) return;
  const std::string reserve = said.reserved_blocks == 0
                                  ? std::string()
                                  : fmt::format(", and {} of {} free blocks are reserved",
                                                said.reserved_blocks, free_blocks_);
  fail(Rule::no_space,
       fmt::format("an extent of {} blocks or more, for {} in a row are free{}", request.min_blocks,
                   longest, reserve),
       "no_space");
}

bool AllocTrial::check_answer(const AllocationRequest& request, Extent answer) {
  const std::string seen = fmt::format("{} ({} blocks)", to_text(answer), answer.blocks);
  if (answer.blocks < request.min_blocks || answer.blocks > request.max_blocks) {
    fail(Rule::length,
         fmt::format("an extent of {} to {} blocks", request.min_blocks, request.max_blocks), seen);
    return false;
  }
  if (answer.block < geometry_.first_block || answer.block >= geometry_.end_block ||
      answer.blocks > geometry_.end_block - answer.block) {
    fail(Rule::bounds,
         fmt::format("an extent inside blocks {} to {}", geometry_.first_block,
                     geometry_.end_block - 1),
         seen);
    return false;
  }
  for (uint64_t block = answer.block; block < answer.end(); ++block) {
    if (is_free(block)) continue;
    fail(Rule::in_use, "an extent of free blocks",
         fmt::format("{}, of which {} is in use", seen, block));
    return false;
  }
  return true;
}

void AllocTrial::free(Extent extent) {
  if (failed()) return;
  const auto answer = answers_.find(extent.block);
  const bool is_whole = answer != answers_.end() && answer->second.second == extent.blocks;
  calls_.push_back({AllocCall::Kind::free, {}, extent, is_whole ? answer->second.first : 0});
  answers_.erase(answers_.lower_bound(extent.block), answers_.lower_bound(extent.end()));
  steps_.push_back("free " + to_text(extent));
  set(extent, true);
  {
    InPlugin in_plugin(log_, PluginCallback::alloc_free);
    instance_->strategy().free(extent);
  }
  check_deeds();
}

FreeSpace AllocTrial::ask_free_space() {
  FreeSpace said{};
  {
    InPlugin in_plugin(log_, PluginCallback::alloc_free_space);
    said = instance_->strategy().free_space();
  }
  check_deeds();
  return said;
}

// Of the model's free blocks, whatever the plugin thinks is free.
void AllocTrial::check_reserve(const FreeSpace& said) {
  const uint64_t reserved = said.reserved_blocks;
  const bool is_unused = free_blocks_ == free_.size();
  if (reserved > free_blocks_) {
    fail(Rule::reserve, fmt::format("at most the {} free blocks are reserved", free_blocks_),
         fmt::format("free_space says {} reserved blocks", reserved));
  } else if (is_unused && reserved == free_blocks_) {
    fail(Rule::reserve, "fewer than all blocks are reserved while nothing is in use",
         fmt::format("free_space says {} reserved blocks of {}", reserved, free_blocks_));
  } else if (is_unused && reserved_after_init_ && reserved > *reserved_after_init_) {
    fail(Rule::reserve,
         fmt::format("{} blocks are reserved or fewer, as after init: nothing is in use",
                     *reserved_after_init_),
         fmt::format("free_space says {} reserved blocks: {} have not come back", reserved,
                     reserved - *reserved_after_init_));
  }
}

void AllocTrial::check_free_space() {
  if (failed()) return;
  const FreeSpace said = ask_free_space();
  calls_.push_back({AllocCall::Kind::free_space, {}, {}, 0});
  if (failed()) return;
  const uint64_t longest = longest_free_run();
  if (said.free_blocks == free_blocks_ && said.largest_extent_blocks == longest) {
    return check_reserve(said);
  }
  std::string seen =
      fmt::format("{} free blocks, {} in a row", said.free_blocks, said.largest_extent_blocks);
  if (said.free_blocks < free_blocks_) {
    seen += fmt::format(": {} lost", free_blocks_ - said.free_blocks);
  } else if (said.free_blocks > free_blocks_) {
    seen += fmt::format(": {} too many", said.free_blocks - free_blocks_);
  }
  fail(Rule::free_space,
       fmt::format("free_space says {} free blocks, {} of them in a row", free_blocks_, longest),
       std::move(seen));
}

uint64_t AllocTrial::blocks_to_be_had() {
  if (failed()) return 0;
  const uint64_t reserved = ask_free_space().reserved_blocks;
  if (failed() || reserved >= free_blocks_) return 0;
  return std::min(longest_free_run(), free_blocks_ - reserved);
}

void AllocTrial::expect_all_handed_out() {
  if (failed()) return;
  const uint64_t reserved = ask_free_space().reserved_blocks;
  expect(free_blocks_ <= reserved,
         reserved == 0 ? std::string("every block is handed out")
                       : fmt::format("all but {} reserved blocks are handed out", reserved),
         fmt::format("{} blocks never are", free_blocks_ - std::min(reserved, free_blocks_)));
}

void AllocTrial::expect(bool is_so, const std::string& expected, const std::string& seen) {
  if (!failed() && !is_so) fail(Rule::other, expected, seen);
}

uint64_t AllocTrial::longest_free_run() const {
  uint64_t longest = 0, run = 0;
  for (const bool free : free_) {
    run = free ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

std::vector<Extent> AllocTrial::runs_in_use() const {
  std::vector<Extent> runs;
  for (uint64_t block = geometry_.first_block; block < geometry_.end_block; ++block) {
    if (is_free(block)) continue;
    if (runs.empty() || runs.back().end() != block) runs.push_back({block, 0});
    ++runs.back().blocks;
  }
  return runs;
}

void AllocTrial::set(Extent extent, bool free) {
  for (uint64_t block = extent.block; block < extent.end(); ++block) {
    free_[block - geometry_.first_block] = free;
  }
  free_blocks_ = free ? free_blocks_ + extent.blocks : free_blocks_ - extent.blocks;
}

AllocTrial::~AllocTrial() { log_.watch(watch_before_); }

bool AllocTrial::check_deeds() {
  if (log_.unsafe_answer.is_written()) {
    const CallLog::UnsafeAnswer& deed = log_.unsafe_answer;
    const std::string place = to_text(deed.place);
    fail(Rule::deed, locks_expected,
         fmt::format("{} {}{}", function_of(deed.callback), deed.text.data(),
                     place.empty() ? place : ", taken at " + place));
    finding_->kind = name_of(ExitKind::lock_held);
    log_.unsafe_answer.written.store(0);  // told
  } else if (const auto overrun = instance_->arena_overrun()) {
    fail(Rule::deed, arenas_expected, *overrun);
    finding_->kind = name_of(ExitKind::arena_overrun);
  }
  return !failed();
}

void AllocTrial::fail(Rule rule, std::string expected, std::string seen) {
  Finding finding{std::move(expected), std::move(seen), {}};
  rule_ = rule;
  const size_t left_out =
      steps_.size() > shown_alloc_steps ? steps_.size() - shown_alloc_steps + 1 : 0;
  if (left_out > 0) {
    finding.steps = {steps_[0], fmt::format("... {} more ...", left_out)};
    finding.steps.insert(finding.steps.end(), steps_.begin() + static_cast<ptrdiff_t>(left_out + 1),
                         steps_.end());
  } else {
    finding.steps = steps_;
  }
  finding_ = std::move(finding);
}

std::vector<Extent> take_all(AllocTrial& trial, const AllocationRequest& request) {
  std::vector<Extent> taken;
  while (const auto extent = trial.allocate(request)) taken.push_back(*extent);
  return taken;
}

}  // namespace daxlab
