#include <fmt/format.h>

#include <condition_variable>
#include <mutex>
#include <vector>

#include "harness/workloads/enospc_plan.h"
#include "harness/workloads/workers.h"

namespace daxlab {
namespace {

// Where writers leave the files they are done with, and wait for space.
class Exchange {
 public:
  Exchange(uint64_t writers, const EnospcPlan& plan)
      : writers_(writers), rounds_left_(plan.rounds), capacity_bytes_(plan.capacity_bytes) {}

  void hand_over(FilledFile file) {
    const std::lock_guard guard(mutex_);
    finished_.push_back(std::move(file));
    changed_.notify_all();
  }
  // Read before a write; then passed to wait_for_space when the write finds none, so that space
  // freed between the two is not missed.
  uint64_t times_freed() {
    const std::lock_guard guard(mutex_);
    return times_freed_;
  }
  // False: no more space will be freed.
  bool wait_for_space(uint64_t times_freed_before) {
    std::unique_lock guard(mutex_);
    const auto freed = [&] { return closed_ || times_freed_ != times_freed_before; };
    if (!freed()) {
      ++waiting_;
      changed_.notify_all();
      changed_.wait(guard, freed);
    }
    return !closed_;
  }
  void writer_leaves() {
    const std::lock_guard guard(mutex_);
    --writers_;
    changed_.notify_all();
  }

  // For the thread that frees: the next file, once a writer waits; none when that was the last.
  std::optional<FilledFile> next_to_free() {
    std::unique_lock guard(mutex_);
    changed_.wait(guard, [&] {
      return writers_ == 0 || (waiting_ > 0 && (!finished_.empty() || waiting_ == writers_));
    });
    if (writers_ == 0 || finished_.empty() || rounds_left_ == 0) return std::nullopt;
    --rounds_left_;
    FilledFile file = std::move(finished_.front());
    finished_.pop_front();
    return file;
  }
  void freed_some() {
    const std::lock_guard guard(mutex_);
    ++times_freed_;
    waiting_ = 0;  // all are let go; one that has not woken up yet must not ask for more
    changed_.notify_all();
  }
  // What files hold; all writing ends when it is more than there can be.
  void holds_more(uint64_t length_bytes) {
    const std::lock_guard guard(mutex_);
    held_bytes_ += length_bytes;
    if (held_bytes_ <= capacity_bytes_) return;
    overfull_ = closed_ = true;
    changed_.notify_all();
  }
  // To be called before the space goes, else another writer could use it and seem to have too much.
  void holds_less(uint64_t length_bytes) {
    const std::lock_guard guard(mutex_);
    held_bytes_ -= length_bytes;
  }
  bool overfull() {
    const std::lock_guard guard(mutex_);
    return overfull_;
  }
  void close() {
    const std::lock_guard guard(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  std::deque<FilledFile> take_files() { return std::move(finished_); }  // when all are joined

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<FilledFile> finished_;
  uint64_t writers_, rounds_left_;
  uint64_t waiting_ = 0, times_freed_ = 0;
  const uint64_t capacity_bytes_;
  uint64_t held_bytes_ = 0;
  bool closed_ = false, overfull_ = false;
};

class RacingWriter {
 public:
  RacingWriter(const EnospcPlan& plan, Exchange& exchange, Worker& worker, CallerCounts& counts)
      : plan_(plan),
        exchange_(exchange),
        worker_(worker),
        counts_(counts),
        buffer_(plan.block_size_bytes) {}

  std::optional<Failure> fill() {
    while (!worker_.stopped() && !exchange_.overfull()) {
      const uint64_t times_freed = exchange_.times_freed();
      bool full = false;
      if (auto failure = write_once(full)) return failure;
      if (!full) continue;
      if (current_ && current_->size_bytes > 0) retire();
      if (!exchange_.wait_for_space(times_freed)) break;
    }
    if (current_) retire();
    return std::nullopt;
  }

 private:
  void retire() {
    exchange_.hand_over(std::move(*current_));
    current_.reset();
  }
  std::optional<Failure> open_next() {
    auto made = FilledFile::create(plan_.run.files, plan_.workload, plan_.run.seed, worker_.index,
                                   files_made_++);
    if (!made.ok()) return refusal(made.error());
    current_.emplace(made.take());
    return std::nullopt;
  }
  std::optional<Failure> write_once(bool& full);

  const EnospcPlan& plan_;
  Exchange& exchange_;
  Worker& worker_;
  CallerCounts& counts_;
  std::vector<std::byte> buffer_;
  std::optional<FilledFile> current_;
  uint64_t files_made_ = 0;
};

std::optional<Failure> RacingWriter::write_once(bool& full) {
  if (!current_) {
    if (auto failure = open_next()) return failure;
  }
  FilledFile& file = *current_;
  const std::span block =
      std::span(buffer_).first(file.rest_bytes != 0 ? file.rest_bytes : plan_.block_size_bytes);
  file.stamp.fill(file.size_bytes, block);
  Result<uint64_t> n = ErrorCode::io_error;
  worker_.time([&] { n = file.file->write(file.size_bytes, block); });
  ++counts_.writes;
  const std::string call = describe_write(block.size(), file.size_bytes);
  if (!n.ok()) {
    if (n.code() != ErrorCode::no_space) return failed_call(file.place, call, n.status());
    ++counts_.failed_writes;
    full = true;
    return file.verify_end();
  }
  if (n.value() == 0 || n.value() > block.size())
    return failure_at(file.place, fmt::format("{} returned {}", call, n.value()));
  worker_.bytes_processed += n.value();
  const bool taken_back = n.value() < block.size() && plan_.on_short == OnShort::fail;
  if (!taken_back) exchange_.holds_more(n.value());
  const bool whole = n.value() == block.size();
  file.size_bytes += n.value();
  if (auto wrong = file.verify_end()) return wrong;
  if (whole) {
    file.rest_bytes = file.shorts_in_a_row = 0;
    if (file.size_bytes >= plan_.file_bytes) retire();
    return std::nullopt;
  }
  file.size_bytes -= n.value();  // what becomes of a short write is for the policy
  const ShortOutcome outcome =
      after_short_write(file, block.size(), n.value(), plan_.on_short, counts_);
  full = outcome.full;
  if (!outcome.failure && outcome.done) retire();
  return outcome.failure;
}

// Punches the middle in a few pieces, so that writers find space between them.
std::optional<Failure> punch_in_pieces(FilledFile& file, Exchange& exchange) {
  constexpr uint64_t pieces = 4;
  const ByteRange middle = file.middle();
  for (uint64_t i = 0; i < pieces; ++i) {
    const Share piece = share_of(middle.length_bytes, i, pieces);
    const ByteRange range{middle.offset_bytes + piece.begin, piece.end - piece.begin};
    exchange.holds_less(range.length_bytes);
    if (auto failure = file.punch(range)) return failure;
    exchange.freed_some();
  }
  return file.verify();
}

std::optional<Failure> free_while_writing(const EnospcPlan& plan, Exchange& exchange) {
  uint64_t files_freed = 0;
  while (auto file = exchange.next_to_free()) {
    if (auto wrong = file->verify()) return wrong;
    const bool punch = ++files_freed % 2 == 0 && file->punched.length_bytes == 0 &&
                       file->size_bytes >= 8 * block_bytes;
    if (punch) {
      if (auto failure = punch_in_pieces(*file, exchange)) return failure;
      exchange.hand_over(std::move(*file));
      continue;
    }
    exchange.holds_less(file->held_bytes());
    if (auto failure = file->unlink(plan.run.files)) return failure;
    exchange.freed_some();
  }
  return std::nullopt;
}

}  // namespace

EnospcEnd fill_in_a_race(const EnospcPlan& plan) {
  const uint64_t writers = plan.run.threads;
  Exchange exchange(writers, plan);
  std::vector<CallerCounts> counts(writers);
  EnospcEnd end;
  end.failure = run_timed_workers(plan.run, writers + 1, [&](Worker& worker) {
    if (worker.index == writers) {
      auto failure = free_while_writing(plan, exchange);
      exchange.close();  // nobody may wait for a thread that has gone
      return failure;
    }
    auto failure = RacingWriter(plan, exchange, worker, counts[worker.index]).fill();
    exchange.writer_leaves();
    return failure;
  });
  end.overfull = exchange.overfull();
  end.files = exchange.take_files();
  for (const CallerCounts& count : counts) end.counts.add(count);
  return end;
}

}  // namespace daxlab
