#include "harness/check/story.h"

#include <fmt/format.h>

namespace daxlab {
namespace {

std::string word_of(const SharedOp& op) {
  return fmt::format("f{} page {} word {}", op.file, op.offset_bytes / page_bytes,
                     op.offset_bytes % page_bytes / 8);
}

std::string view_of(const SharedOp& op) {
  return op.by_new_view ? "a view of its own" : fmt::format("view {}", op.view);
}

std::string answer_of(const Event& event) {
  if (event.answered == UINT64_MAX) return "never answered";
  if (event.code != ErrorCode::ok) return describe(event.code);
  switch (event.op.kind) {
    case SharedOpKind::load:
      return fmt::format("{:#x}", event.words[0]);
    case SharedOpKind::read: {
      std::string words;
      for (uint64_t i = 0; i < event.count_bytes / 8; ++i) {
        words += fmt::format("{}{:#x}", i == 0 ? "" : " ", event.words[i]);
      }
      return words.empty() ? "nothing" : words;
    }
    case SharedOpKind::write:
      return fmt::format("{} bytes", event.count_bytes);
    case SharedOpKind::make:
    case SharedOpKind::visit:
      return event.count_bytes == 0 ? "saw nothing" : fmt::format("saw {:#x}", event.words[0]);
    default:
      return "ok";
  }
}

// Steps that change what others see. Locks and lookups would be most of the lines.
bool is_telling(StepKind kind) {
  switch (kind) {
    case StepKind::publish:
    case StepKind::insert:
    case StepKind::unmap:
    case StepKind::allocate:
    case StepKind::free:
    case StepKind::zero:
    case StepKind::copy:
    case StepKind::wait:
      return true;
    default:
      return false;
  }
}

void tell_marks(std::vector<std::string>& lines, const Trial& trial, size_t& mark, uint32_t round,
                uint64_t until_step) {
  for (; mark < trial.marks.size(); ++mark) {
    const StoryMark& at = trial.marks[mark];
    if (at.round > round || (at.round == round && at.step > until_step)) return;
    const Event& event = trial.concurrent.events[at.event];
    const std::string who = event.thread >= trial.concurrent.program.threads
                                ? "at the end"
                                : fmt::format("thread {}", event.thread);
    if (at.ends) {
      lines.push_back(fmt::format("{}: {}: {}", who, to_text(event.op), answer_of(event)));
    } else if (event.thread < trial.concurrent.program.threads) {
      lines.push_back(fmt::format("{}: {} begins", who, to_text(event.op)));
    }
  }
}

// Traces: the first is of setting up, then one for each round, the last of looking at the end.
std::vector<std::string> story_of_program(const Trial& trial) {
  std::vector<std::string> lines;
  size_t mark = 0;
  const auto rounds = static_cast<uint32_t>(trial.concurrent.program.rounds.size());
  for (uint32_t round = 0; round < rounds && round + 1 < trial.traces.size(); ++round) {
    const auto& steps = trial.traces[round + 1];
    for (uint64_t i = 0; i < steps.size(); ++i) {
      tell_marks(lines, trial, mark, round, i);
      if (!is_telling(steps[i].kind)) continue;
      lines.push_back(fmt::format("  thread {}: {} at {}", steps[i].thread, name_of(steps[i].kind),
                                  place_of(steps[i].where)));
    }
    tell_marks(lines, trial, mark, round, UINT64_MAX);
  }
  tell_marks(lines, trial, mark, UINT32_MAX, UINT64_MAX);
  return lines;
}

std::vector<std::string> story_of_history(const History& history, const Trial& trial) {
  std::vector<std::string> lines;
  if (const auto& before = trial.sequential.file_before) {
    lines.push_back(fmt::format("{} is there, of {} pages; lost: page {}", file_name(before->file),
                                before->pages, fmt::join(before->lost_pages, ", ")));
  }
  if (trial.sequential.ops.empty()) {
    for (size_t i = 0; i < history.ops.size(); ++i) {
      lines.push_back(fmt::format("op {} {}", i, to_text(history.ops[i])));
    }
  }
  for (const AnsweredOp& op : trial.sequential.ops) {
    std::string answer = describe(op.seen.code);
    if (op.seen.code == ErrorCode::ok && op.op.kind == OpKind::load) {
      answer = fmt::format("{:#x}", op.seen.word);
    } else if (op.seen.code == ErrorCode::ok && op.seen.count_bytes > 0) {
      answer = fmt::format("{} bytes", op.seen.count_bytes);
    }
    lines.push_back(fmt::format("{}: {}", to_text(op), answer));
  }
  return lines;
}

void tell_setting(std::vector<std::string>& lines, const Case& shown) {
  lines.push_back(fmt::format("region of {} KiB", shown.region_bytes / 1024));
  if (shown.faults.no_space_at != 0) {
    lines.back() += fmt::format(", allocation {}{} finds no space", shown.faults.no_space_at,
                                shown.faults.no_space_from_then_on ? " and each after it" : "");
  }
  for (const uint64_t block : shown.faults.poisoned_blocks) {
    lines.back() += fmt::format(", block {} is lost", block);
  }
  if (shown.max_kernel_mappings != 0) {
    lines.back() += fmt::format(", {} kernel mappings at most", shown.max_kernel_mappings);
  }
}

}  // namespace

std::string to_text(const SharedOp& op) {
  switch (op.kind) {
    case SharedOpKind::load:
      return fmt::format("load {} through {}", word_of(op), view_of(op));
    case SharedOpKind::store:
      return fmt::format("store {:#x} to {} through {}", op.value, word_of(op), view_of(op));
    case SharedOpKind::read:
      return fmt::format("read {} words from {}", op.words, word_of(op));
    case SharedOpKind::write:
      return fmt::format("write {} words from {:#x} on to {}", op.words, op.value, word_of(op));
    case SharedOpKind::truncate:
      if (op.offset_bytes % page_bytes != 0) {
        return fmt::format("truncate f{} to {} bytes", op.file, op.offset_bytes);
      }
      return fmt::format("truncate f{} to {} pages", op.file, op.offset_bytes / page_bytes);
    case SharedOpKind::sync:
      return fmt::format("sync f{}", op.file);
    case SharedOpKind::make:
      return fmt::format("make n{} with {:#x}", op.file, op.value);
    case SharedOpKind::visit:
      if (op.value == 0) return fmt::format("visit n{}", op.file);
      return fmt::format("visit n{} and leave {:#x}", op.file, op.value);
    case SharedOpKind::unlink:
      return fmt::format("unlink n{}", op.file);
    case SharedOpKind::punch:
    case SharedOpKind::preallocate:
      return fmt::format("{} f{} page {}", name_of(op.kind), op.file, op.offset_bytes / page_bytes);
    case SharedOpKind::prefault_read:
    case SharedOpKind::prefault_write:
    case SharedOpKind::view_sync:
      break;
  }
  return fmt::format("{} f{} page {} through view {}", name_of(op.kind), op.file,
                     op.offset_bytes / page_bytes, op.view);
}

std::string to_text(const Event& event) { return to_text(event.op) + ": " + answer_of(event); }

std::vector<std::string> story_of(const Case& shown, const Trial& trial) {
  std::vector<std::string> lines;
  tell_setting(lines, shown);
  const std::vector<std::string> told =
      std::holds_alternative<History>(shown.program)
          ? story_of_history(std::get<History>(shown.program), trial)
          : story_of_program(trial);
  lines.insert(lines.end(), told.begin(), told.end());
  if (trial.crash) lines.emplace_back("the machine goes down");
  lines.insert(lines.end(), trial.taken.begin(), trial.taken.end());
  return lines;
}

}  // namespace daxlab
