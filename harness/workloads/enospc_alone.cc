#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/workloads/enospc_plan.h"
#include "harness/workloads/space_checks.h"
#include "harness/workloads/workers.h"

namespace daxlab {
namespace {

// Blocks that a write may need for the block map, generously.
constexpr uint64_t map_blocks = 8;

class LoneWriter {
 public:
  LoneWriter(const EnospcPlan& plan, Worker& worker, EnospcEnd& end)
      : plan_(plan), worker_(worker), end_(end), buffer_(plan.block_size_bytes) {}

  std::optional<Failure> fill() {
    for (;;) {
      bool full = false;
      if (auto failure = write_once(full)) return failure;
      end_.overfull = held_bytes() > plan_.capacity_bytes;
      if (end_.overfull) break;
      if (!full) continue;
      if (rounds_done_++ == plan_.rounds) break;
      if (auto failure = make_room()) return failure;
    }
    retire();
    return std::nullopt;
  }

 private:
  uint64_t blocks_of_write() const { return pages_of(plan_.block_size_bytes) + 1; }
  bool has_room() {
    const SpaceUse use = space();
    reserved_with_room_ = use.reserved_blocks;
    return use.available_blocks() >= blocks_of_write() + map_blocks;
  }
  SpaceUse space() {
    const SpaceUse use = plan_.run.files.get().space_use();
    surely_free_ = use.available_blocks();
    return use;
  }

  uint64_t held_bytes() const {
    uint64_t sum = current_ ? current_->held_bytes() : 0;
    for (const FilledFile& file : end_.files) sum += file.held_bytes();
    return sum;
  }

  // One write at the end of the current file, and all that can be checked about its answer.
  std::optional<Failure> write_once(bool& full);
  std::optional<Failure> check_answer(const Result<uint64_t>& n, uint64_t asked_bytes);
  std::optional<Failure> after_failed(const std::optional<SpaceUse>& before, uint64_t asked_bytes,
                                      bool& full);
  std::optional<Failure> after_short(uint64_t asked_bytes, uint64_t written_bytes, bool& full);
  std::optional<Failure> check_written(uint64_t begin_bytes);
  std::optional<Failure> open_next();
  void retire();
  std::optional<Failure> make_room();
  std::optional<Failure> free_one();

  const EnospcPlan& plan_;
  Worker& worker_;
  EnospcEnd& end_;  // its files: done with, oldest first
  std::vector<std::byte> buffer_;
  std::optional<FilledFile> current_;
  uint64_t files_made_ = 0, rounds_done_ = 0, freed_files_ = 0;
  uint64_t surely_free_ = 0;  // at least so many blocks; counting them is slow
  uint64_t reserved_with_room_ = 0;
  bool must_succeed_ = false;  // space has just been freed for it
};

std::optional<Failure> LoneWriter::open_next() {
  auto made = FilledFile::create(plan_.run.files, plan_.workload, plan_.run.seed, 0, files_made_++);
  if (!made.ok()) return refusal(made.error());
  current_.emplace(made.take());
  return std::nullopt;
}

void LoneWriter::retire() {
  if (current_) end_.files.push_back(std::move(*current_));
  current_.reset();
}

std::optional<Failure> LoneWriter::write_once(bool& full) {
  if (!current_) {
    if (auto failure = open_next()) return failure;
  }
  FilledFile& file = *current_;
  const std::span block =
      std::span(buffer_).first(file.rest_bytes != 0 ? file.rest_bytes : plan_.block_size_bytes);
  file.stamp.fill(file.size_bytes, block);
  std::optional<SpaceUse> before;
  if (surely_free_ < 2 * blocks_of_write() + map_blocks) before = space();
  surely_free_ -= std::min(surely_free_, blocks_of_write() + map_blocks / 4);

  Result<uint64_t> n = ErrorCode::io_error;
  worker_.time([&] { n = file.file->write(file.size_bytes, block); });
  ++end_.counts.writes;
  if (auto failure = check_answer(n, block.size())) return failure;
  must_succeed_ = false;
  if (!n.ok()) return after_failed(before, block.size(), full);
  worker_.bytes_processed += n.value();
  if (n.value() < block.size()) return after_short(block.size(), n.value(), full);
  file.size_bytes += n.value();
  file.rest_bytes = file.shorts_in_a_row = 0;
  if (file.size_bytes >= plan_.file_bytes) retire();
  return std::nullopt;
}

// Is it an answer that a write may give at all, now?
std::optional<Failure> LoneWriter::check_answer(const Result<uint64_t>& n, uint64_t asked_bytes) {
  const FilledFile& file = *current_;
  const std::string call = describe_write(asked_bytes, file.size_bytes);
  if (!n.ok() && n.code() != ErrorCode::no_space) return failed_call(file.place, call, n.status());
  if (n.ok() && (n.value() == 0 || n.value() > asked_bytes))
    return failure_at(file.place, fmt::format("{} returned {}", call, n.value()));
  if (!must_succeed_ || (n.ok() && n.value() == asked_bytes)) return std::nullopt;
  // The allocator may have come to keep more back.
  if (space().reserved_blocks > reserved_with_room_) return std::nullopt;
  const std::string answer =
      n.ok() ? fmt::format("short, {} bytes", n.value()) : describe(n.code());
  return failure_at(file.place, fmt::format("{} after space was freed, {} blocks are free: {}",
                                            call, space().available_blocks(), answer));
}

std::optional<Failure> LoneWriter::after_failed(const std::optional<SpaceUse>& before,
                                                uint64_t asked_bytes, bool& full) {
  ++end_.counts.failed_writes;
  const std::string call = describe_write(asked_bytes, current_->size_bytes);
  if (!before) {  // it came too early for counting before it; the next one is counted
    surely_free_ = 0;
    return current_->verify();
  }
  full = true;
  const std::string when = fmt::format("at a failed {} of file '{}'", call, current_->place.file);
  if (auto wrong = check_same_space(plan_.workload, *before, space(), when)) return wrong;
  return check_written(current_->size_bytes);
}

std::optional<Failure> LoneWriter::after_short(uint64_t asked_bytes, uint64_t written_bytes,
                                               bool& full) {
  const uint64_t begin_bytes = current_->size_bytes;
  current_->size_bytes += written_bytes;
  auto wrong = check_written(begin_bytes);
  current_->size_bytes = begin_bytes;
  if (wrong) return wrong;
  const ShortOutcome outcome =
      after_short_write(*current_, asked_bytes, written_bytes, plan_.on_short, end_.counts);
  full = outcome.full;
  if (outcome.failure) return outcome.failure;
  if (outcome.done) retire();
  return std::nullopt;
}

// The bytes from a little before `begin_bytes` to the end, the size, and the sums.
std::optional<Failure> LoneWriter::check_written(uint64_t begin_bytes) {
  const uint64_t from =
      (begin_bytes - std::min(begin_bytes, plan_.block_size_bytes)) & ~uint64_t{7};
  if (auto wrong = current_->verify(from)) return wrong;
  const std::string when = fmt::format("after a write to file '{}'", current_->place.file);
  return check_accounting(plan_.workload, space(), when);
}

std::optional<Failure> LoneWriter::make_room() {
  do {
    if (end_.files.empty()) retire();
    if (end_.files.empty())
      return Failure{fmt::format("{}: all files are gone and only {} blocks can be had",
                                 plan_.workload, space().available_blocks())};
    if (auto failure = free_one()) return failure;
  } while (!has_room());
  must_succeed_ = true;
  return std::nullopt;
}

// Of the oldest file, in turn: all, or the middle; what was punched once goes as a whole.
std::optional<Failure> LoneWriter::free_one() {
  FilledFile file = std::move(end_.files.front());
  end_.files.pop_front();
  if (auto wrong = file.verify()) return wrong;
  const bool punch = ++freed_files_ % 2 == 0 && file.punched.length_bytes == 0 &&
                     file.size_bytes >= 4 * block_bytes;
  if (!punch) return file.unlink(plan_.run.files);
  if (auto failure = file.punch(file.middle())) return failure;
  auto wrong = file.verify();
  end_.files.push_back(std::move(file));
  return wrong;
}

}  // namespace

EnospcEnd fill_alone(const EnospcPlan& plan) {
  EnospcEnd end;
  end.failure = run_timed_workers(
      plan.run, 1, [&](Worker& worker) { return LoneWriter(plan, worker, end).fill(); });
  return end;
}

}  // namespace daxlab
