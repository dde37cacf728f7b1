#include "harness/run/cell_process.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>

namespace daxlab {
namespace {

constexpr size_t shown_output_lines = 5;
constexpr size_t shown_report_lines = 12;
enum Wait { exit_wait, channel_wait, output_wait };

}  // namespace

ErrorOr<std::unique_ptr<CellProcess>> CellProcess::start(CellProcessSpec spec) {
  MemoryKillWatch kills("/");
  auto child = CellFork::start(spec.body);
  if (!child.ok()) return child.error();
  return std::unique_ptr<CellProcess>(
      new CellProcess(std::move(spec), std::move(kills), child.take()));
}

std::array<pollfd, 3> CellProcess::waits() const {
  return {{{child_->pidfd.number(), POLLIN, 0},
           {child_->channel.number(), POLLIN, 0},
           {child_->output.number(), POLLIN, 0}}};
}

std::optional<CellOutcome> CellProcess::serve() {
  std::array<pollfd, 3> ready = waits();
  if (poll(ready.data(), ready.size(), 0) < 0) return std::nullopt;  // EINTR: asked again
  if (ready[channel_wait].revents != 0) serve_channel();
  const Clock::time_point now = Clock::now();
  if (now >= deadline_ + longest_lateness) deadline_ = now + spec_.time_limit;
  if (now >= deadline_) return stop_at_limit();
  if (auto stopped = look_at_calls(now)) return stopped;
  if (ready[output_wait].revents != 0 && !tail_.read_available(child_->output.number())) {
    child_->output.reset();
  }
  if (ready[exit_wait].revents == 0) return std::nullopt;
  return collect();
}

// One message, if there is one.
bool CellProcess::serve_channel() {
  Request request = receive_request(child_->channel.number());
  switch (request.kind) {
    case RequestKind::nothing:
      return false;
    case RequestKind::closed:
      child_->channel.reset();
      return false;
    case RequestKind::garbage:
      garbage_ = true;
      return true;
    case RequestKind::progress:
      take_progress(request.text);
      return true;
    case RequestKind::piece:
      take_piece(request.text);
      return true;
    case RequestKind::result:
      result_ = std::move(pieces_) + request.text;
      pieces_.clear();
      return true;
    case RequestKind::start_measuring:
    case RequestKind::start_anonymous:
    case RequestKind::measure:
      answer_measure(request.kind);
      return true;
  }
  return false;
}

void CellProcess::take_progress(const std::string& text) {
  if (!spec_.on_progress) return;
  deadline_ = Clock::now() + spec_.time_limit;
  spec_.on_progress(text);
}

void CellProcess::take_piece(const std::string& text) {
  garbage_ |= pieces_.size() + text.size() > longest_result_bytes;
  if (!garbage_) pieces_ += text;
}

void CellProcess::answer_measure(RequestKind kind) {
  const auto figures = measure_process(child_->process(), spec_.measured_folder);
  if (!figures.ok()) {
    send_growth(child_->channel.number(), figures.error());
    return;
  }
  if (kind == RequestKind::start_measuring) peak_.start(figures.value());
  if (kind == RequestKind::start_anonymous) peak_.start_anonymous(figures.value());
  peak_.add(figures.value());
  // A child that does not take its answer is caught by the time limit.
  send_growth(child_->channel.number(), peak_.growth());
}

CellOutcome CellProcess::collect() {
  // What it sent before it went is still there to be read.
  while (child_->channel.is_open()) {
    if (!serve_channel()) break;
  }
  if (child_->output.is_open()) tail_.read_available(child_->output.number());
  ExitCause cause;
  cause.wait_status = child_->reap();
  cause.sent_garbage = garbage_;
  if (WIFSIGNALED(cause.wait_status) && WTERMSIG(cause.wait_status) == SIGKILL) {
    cause.killed_for = kills_.cause();
  }
  CellOutcome outcome;
  if (cause.wait_status == 0 && result_ && !garbage_) {
    outcome.result = std::move(result_);
  } else {
    outcome = failed(cause);
    add_output(outcome);
  }
  return outcome;
}

CellOutcome CellProcess::stop_at_limit() {
  ExitCause cause;
  cause.at_time_limit = true;
  cause.time_limit = spec_.time_limit;
  return stopped(cause);
}

std::optional<CellOutcome> CellProcess::look_at_calls(Clock::time_point now) {
  if (!watch_ || now < next_look_) return std::nullopt;
  next_look_ = now + CallWatch::pause;
  ExitCause cause;
  cause.stuck = watch_->look();
  if (!cause.stuck) return std::nullopt;
  return stopped(cause);
}

CellOutcome CellProcess::stopped(const ExitCause& cause) {
  // Read before the kill, which leaves every callback where it is all the same.
  CellOutcome outcome = failed(cause);
  child_->kill();
  child_->reap();
  if (child_->output.is_open()) tail_.read_available(child_->output.number());
  add_output(outcome);
  return outcome;
}

CellOutcome CellProcess::failed(const ExitCause& cause) const {
  const std::string line = describe_exit(cause, child_->log(), spec_.plugin_of);
  const ExitKind kind = kind_of(cause, child_->log());
  return {std::nullopt, Failure{line, failure_kind(kind)}, kind, line};
}

void CellProcess::add_output(CellOutcome& outcome) const {
  std::string& message = outcome.failure->message;
  const std::string report = tail_.report_lines(shown_report_lines);
  if (!report.empty()) {
    message += "\nit printed: " + report;
    return;
  }
  const std::string last = tail_.last_lines(shown_output_lines);
  if (!last.empty()) message += "\nit printed: " + last;
}

CellOutcome CellProcess::outcome() {
  for (;;) {
    if (auto over = serve()) return *over;
    auto waiting = waits();
    // An interrupted wait is looked into like any other.
    static_cast<void>(poll(waiting.data(), waiting.size(), poll_wait_ms(deadline())));
  }
}

int poll_wait_ms(CellProcess::Clock::time_point deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - CellProcess::Clock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 900'000));
}

}  // namespace daxlab
