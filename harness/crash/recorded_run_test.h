// Programs of several threads on labs of the shipped strategies, recorded, for the tests of this
// folder. Their operations take turns as a whole, in one real thread.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "harness/crash/garbage.h"
#include "harness/crash/recorded_history.h"
#include "harness/crash/recorded_run.h"
#include "harness/histories/history.h"
#include "harness/histories/random.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {

inline void perform_alone(Event& event, File& file, View& view, uint64_t in_view) {
  const SharedOp& op = event.op;
  const std::span<std::byte> bytes =
      std::as_writable_bytes(std::span(event.words)).first(op.words * 8);
  auto count = [&](const Result<uint64_t>& result) {
    event.code = result.code();
    if (result.ok()) event.count_bytes = result.value();
  };
  switch (op.kind) {
    case SharedOpKind::load:
      event.code = view.try_load(in_view).code();
      return;
    case SharedOpKind::store:
      event.code = view.try_store(in_view, op.value).code();
      return;
    case SharedOpKind::read:
      return count(file.read(op.offset_bytes, bytes));
    case SharedOpKind::write:
      for (uint64_t word = 0; word < op.words; ++word) event.words[word] = op.value + word;
      return count(file.write(op.offset_bytes, bytes));
    case SharedOpKind::punch:
      event.code = file.punch({op.offset_bytes, page_bytes}).code();
      return;
    case SharedOpKind::truncate:
      event.code = file.truncate(op.offset_bytes).code();
      return;
    case SharedOpKind::preallocate:
      event.code = file.preallocate({op.offset_bytes, page_bytes}).code();
      return;
    case SharedOpKind::prefault_read:
    case SharedOpKind::prefault_write:
      event.code =
          view.prefault({in_view, page_bytes}, op.kind == SharedOpKind::prefault_write).code();
      return;
    case SharedOpKind::view_sync:
      event.code = view.sync({in_view, page_bytes}).code();
      return;
    case SharedOpKind::sync:
      event.code = file.sync().code();
      return;
    case SharedOpKind::make:
    case SharedOpKind::visit:
    case SharedOpKind::unlink:
      event.code = ErrorCode::invalid_argument;  // nobody records programs of names
      return;
  }
}

// Round by round, the threads in turn.
inline RecordedRun record_in_turns(const ConcurrentProgram& program, const std::string& write,
                                   uint64_t region_bytes) {
  PersistRecorder recorder;
  RecordedRun run{.program = program, .events = {}, .before = {}, .trace = {}};
  const std::unique_ptr<Lab> lab = make_lab({.engine = EngineKind::simulator,
                                             .write = write,
                                             .region_bytes = region_bytes,
                                             .observer = &recorder});
  fill_free_blocks(lab->region_bytes(), program.seed);
  std::vector<std::unique_ptr<File>> files;
  std::vector<std::unique_ptr<View>> views;
  for (uint32_t file = 0; file < program.files; ++file) {
    files.push_back(lab->files().create(file_name(file)).take());
    EXPECT_TRUE(files.back()->truncate(program.file_pages * page_bytes).ok());
  }
  for (const SharedView& view : program.views) {
    views.push_back(files[view.file]->map(view.range).take());
  }
  run.before.assign(lab->region_bytes().begin(), lab->region_bytes().end());
  recorder.start(lab->region_bytes());
  for (uint32_t round = 0; round < program.rounds.size(); ++round) {
    for (size_t i = 0, left = 1; left > 0; ++i) {
      left = 0;
      for (uint32_t thread = 0; thread < program.threads; ++thread) {
        if (i >= program.rounds[round][thread].size()) continue;
        ++left;
        Event event;
        event.thread = thread;
        event.round = round;
        event.op = program.rounds[round][thread][i];
        const uint64_t first = program.views[event.op.view].range.pgoff * page_bytes;
        recorder.op_begins(run.events.size());
        perform_alone(event, *files[event.op.file], *views[event.op.view],
                      event.op.offset_bytes - first);
        recorder.op_ends(run.events.size());
        run.events.push_back(event);
      }
    }
  }
  run.trace = recorder.stop();
  return run;
}

}  // namespace daxlab
