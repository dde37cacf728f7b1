#include "harness/proving/check_process.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <string_view>

#include "core/base/errno_status.h"
#include "harness/proving/check_answers.h"

namespace daxlab {
namespace {

// "a history of seed 7, on the way to its crash states"
std::string words_for(const Case& shown) {
  const auto* history = std::get_if<History>(&shown.program);
  const std::string program =
      history != nullptr
          ? fmt::format("a history of seed {}", history->seed)
          : fmt::format("a program of seed {}, after {} turns",
                        std::get<ConcurrentProgram>(shown.program).seed, shown.choices.size());
  return shown.crash ? program + ", on the way to its crash states" : program;
}

}  // namespace

ErrorOr<std::unique_ptr<CheckProcess>> CheckProcess::start(
    const CheckedCombination& checked, std::chrono::nanoseconds time_limit,
    std::function<void(const std::string&)> on_progress, Body body) {
  void* memory =
      mmap(nullptr, sizeof(RunningCase), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    return error_from_errno("memory shared with a combination's process", errno);
  }
  std::unique_ptr<CheckProcess> made(new CheckProcess(checked, new (memory) RunningCase));
  CellProcessSpec spec;
  spec.body = [checked, body = std::move(body), running = made->running_](CellChannel& channel,
                                                                          CallLog& log) {
    auto subject = load_subject(checked, log);
    if (subject.ok()) subject.value().running = running;
    const std::string answer = subject.ok() ? body(subject.value(), channel)
                                            : encode(ErrorOr<CheckReport>(subject.error()));
    if (!channel.send_long_result(answer)) _exit(1);
  };
  spec.time_limit = time_limit;
  spec.plugin_of = [checked](PluginCallback callback) { return plugin_line(checked, callback); };
  spec.on_progress = std::move(on_progress);
  auto process = CellProcess::start(std::move(spec));
  if (!process.ok()) return process.error();
  made->process_ = process.take();
  // Processes that run at once do not reach each other.
  if (madvise(memory, sizeof(RunningCase), MADV_DONTFORK) != 0) {
    return error_from_errno("memory shared with a combination's process", errno);
  }
  return made;
}

CheckProcess::~CheckProcess() {
  process_.reset();
  munmap(running_, sizeof(RunningCase));
}

std::optional<CheckFinding> CheckProcess::left_behind(const CellOutcome& outcome) const {
  auto shown = running_->left_behind(config_text(checked_));
  if (!shown) return std::nullopt;
  CheckFinding finding;
  finding.verdict = {.judge = JudgeName::progress,
                     .expected = "every call of a plugin returns, and its process lives on",
                     .seen = end_of_process(outcome),
                     .where = words_for(*shown),
                     .at = {}};
  finding.shown_by = std::move(*shown);
  finding.shown_by.plugins = case_plugins(checked_);
  return finding;
}

std::string end_of_process(const CellOutcome& outcome) {
  constexpr std::string_view of_a_cell = "the cell's process";
  const std::string line = outcome.failure ? outcome.failure->message : "no answer";
  if (!line.starts_with(of_a_cell)) return line;
  return "the combination's process" + line.substr(of_a_cell.size());
}

}  // namespace daxlab
