#include "harness/commands/run_against.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <random>
#include <string>

#include "core/base/errno_status.h"
#include "core/base/owned_descriptor.h"
#include "core/registry/program_layout.h"
#include "harness/campaign/recorded_runs.h"
#include "harness/campaign/result_document.h"
#include "harness/commands/command.h"
#include "harness/commands/run_outputs.h"
#include "harness/commands/show_comparison.h"
#include "harness/run/interruption.h"
#include "harness/run/output_file.h"
#include "harness/run/progress_line.h"
#include "harness/run/quiet_program.h"
#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

// One of both builds, and what its runs gave.
struct Side {
  std::string program;
  bool takes_plugin_options = false;  // those of the line are of this build
  RecordedRuns runs = {};
};

std::vector<std::string> words_for(const Side& side, const RunArguments& arguments,
                                   const SelectedCell& cell, const std::string& out) {
  std::vector<std::string> words = {side.program, "run"};
  words.push_back(cell.config->path.string());
  for (const std::string& text : arguments.overrides) words.insert(words.end(), {"--set", text});
  if (arguments.no_userfaultfd) words.emplace_back("--no-userfaultfd");
  if (arguments.force) words.emplace_back("--force");
  if (side.takes_plugin_options) add_plugin_words(words, arguments.plugins);
  words.insert(words.end(),
               {"--cells", glob_of(cell.cell->name()), "--set", "repetitions=1", "--out", out});
  return words;
}

class InTurn {
 public:
  InTurn(const RunArguments& arguments, const std::vector<SelectedCell>& cells, uint64_t seed,
         ScratchFolder folder)
      : arguments_(arguments),
        cells_(cells),
        folder_(std::move(folder)),
        random_(seed),
        base_{*arguments.against + "/daxlab"},
        now_{this_executable().string(), true} {}

  // The error: a program could not be started, or has left no results.
  std::optional<Error> run(const Interruption& interruption) {
    ProgressLine line;
    size_t over = 0;
    for (uint64_t repetition = 0; repetition < most_repetitions(); ++repetition) {
      for (size_t i = 0; i < cells_.size(); ++i) {
        if (repetition >= cells_[i].cell->repetitions) continue;
        line.show(fmt::format("[pair {}] {}", ++over, cells_[i].cell->name()));
        const bool base_first = random_() % 2 == 0;
        for (Side* side : {base_first ? &base_ : &now_, base_first ? &now_ : &base_}) {
          if (interruption.requested()) return Error{"interrupted"};
          if (auto error = run_once(*side, i, repetition)) return error;
        }
      }
    }
    return std::nullopt;
  }

  int report(OutputFile* now_file, OutputFile* base_file) const {
    for (const auto& [file, side] : {std::pair{now_file, &now_}, std::pair{base_file, &base_}}) {
      if (file == nullptr) continue;
      const auto written = file->commit(document_of(*side));
      if (!written.ok()) return fail("run", exit_failed, written.error().message);
    }
    ComparisonView view;
    view.all = true;
    return show_comparison("run", pair_files(base_.runs, now_.runs, {}), {}, {}, view);
  }

 private:
  uint64_t most_repetitions() const {
    uint64_t most = 0;
    for (const SelectedCell& cell : cells_) most = std::max(most, cell.cell->repetitions);
    return most;
  }

  std::optional<Error> run_once(Side& side, size_t cell, uint64_t repetition) {
    const std::filesystem::path out = folder_.path() / "run.json";
    std::error_code none;
    std::filesystem::remove(out, none);
    const OwnedDescriptor said(memfd_create("output of a run", MFD_CLOEXEC));
    if (!said.is_open()) return error_from_errno("memory for the output of a run", errno);
    const auto status =
        run_quietly(words_for(side, arguments_, cells_[cell], out.string()), said.number());
    if (!status.ok()) return status.error().prefixed("--against: ");
    auto runs = read_results(out);
    if (!runs.ok() || runs.value().records.size() != 1) {
      show_on_stderr(said.number());
      return Error{fmt::format("--against: {} has left no result of {}, see above", side.program,
                               cells_[cell].cell->name())};
    }
    if (side.runs.contexts.empty()) side.runs.contexts = std::move(runs.value().contexts);
    RunRecord record = std::move(runs.value().records.front());
    record.result.family_index = static_cast<int64_t>(cell);
    record.result.repetition_index = static_cast<int64_t>(repetition);
    record.result.repetitions = static_cast<int64_t>(cells_[cell].cell->repetitions);
    side.runs.records.push_back(std::move(record));
    return std::nullopt;
  }

  static std::string document_of(const Side& side) {
    ResultDocument document;
    for (const Json& context : side.runs.contexts) document.add_context(context);
    for (const RunRecord& record : side.runs.records) {
      document.add(record, static_cast<uint64_t>(record.result.family_index));
    }
    return document.text();
  }

  const RunArguments& arguments_;
  const std::vector<SelectedCell>& cells_;
  ScratchFolder folder_;
  std::mt19937_64 random_;
  Side base_, now_;
};

}  // namespace

std::optional<Error> check_against(const RunArguments& arguments) {
  if (!arguments.against) return std::nullopt;
  const std::string program = *arguments.against + "/daxlab";
  if (access(program.c_str(), X_OK) != 0) {
    return error_from_errno(
        fmt::format("--against {}: the folder of another build's programs is meant, but {}",
                    *arguments.against, program),
        errno);
  }
  const std::pair<bool, const char*> without_meaning[] = {
      {arguments.from_result.has_value(), "--from-result"},
      {arguments.failed.has_value(), "--failed"},
      {arguments.resume.has_value(), "--resume"},
      {arguments.csv.has_value(), "--csv"},
      {arguments.junit.has_value(), "--junit"},
      {arguments.jobs > 1, "--jobs"},
      {arguments.expect.has_value(), "--expect"},
      {!arguments.columns.empty(), "--columns"}};
  for (const auto& [is_given, option] : without_meaning) {
    if (is_given) {
      return Error{
          fmt::format("--against runs two builds in turn and compares them; leave out {}", option)};
    }
  }
  return std::nullopt;
}

int run_against(const RunArguments& arguments, const std::vector<SelectedCell>& cells,
                uint64_t seed) {
  std::optional<OutputFile> now_file, base_file;
  if (arguments.out) {
    auto now = OutputFile::prepare(*arguments.out);
    if (!now.ok()) return fail_to_begin("run", now.error().prefixed("--out "));
    now_file.emplace(now.take());
    auto base = OutputFile::prepare(base_path(*arguments.out));
    if (!base.ok()) return fail_to_begin("run", base.error().prefixed("--out "));
    base_file.emplace(base.take());
  }
  auto folder = ScratchFolder::make(std::filesystem::temp_directory_path());
  if (!folder.ok()) return fail("run", exit_failed, folder.error().message);
  const auto interruption = Interruption::catch_signals();
  if (!interruption.ok()) return fail("run", exit_failed, interruption.error().message);
  InTurn in_turn(arguments, cells, seed, folder.take());
  if (const auto error = in_turn.run(interruption.value())) {
    if (interruption.value().requested()) return exit_interrupted;
    return fail("run", exit_failed, error->message);
  }
  return in_turn.report(now_file ? &*now_file : nullptr, base_file ? &*base_file : nullptr);
}

}  // namespace daxlab
