// What tests of programs ask of any of them.
#pragma once

#include <string>

#include "harness/check/story.h"

namespace daxlab {

// All its operations, round by round and thread by thread.
inline std::string text_of(const ConcurrentProgram& program) {
  std::string text;
  for (const auto& threads : program.rounds) {
    for (const auto& ops : threads) {
      for (const SharedOp& op : ops) text += to_text(op) + "; ";
      text += "| ";
    }
  }
  return text;
}

// Every operation on a page is on one that its view shows, and of as many words as there may be.
inline bool stays_inside(const ConcurrentProgram& program) {
  for (const auto& threads : program.rounds) {
    if (threads.size() != program.threads) return false;
    for (const auto& ops : threads) {
      for (const SharedOp& op : ops) {
        const SharedView& view = program.views.at(op.view);
        const uint64_t pgoff = op.offset_bytes / page_bytes;
        if (op.kind == SharedOpKind::truncate || op.kind == SharedOpKind::sync) continue;
        if (view.file != op.file || pgoff < view.range.pgoff || pgoff >= view.range.end()) {
          return false;
        }
        if (op.words < 1 || op.words > most_words) return false;
      }
    }
  }
  return true;
}

}  // namespace daxlab
