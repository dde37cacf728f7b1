// The files that `daxlab run` writes, opened before anything runs.
#pragma once

#include <optional>
#include <string>

#include "core/base/error_or.h"
#include "harness/campaign/journal.h"
#include "harness/commands/run_arguments.h"
#include "harness/run/output_file.h"
#include "harness/run/trace_file.h"

namespace daxlab {

// Of --out FILE.json, where --against leaves the other build's runs: FILE.base.json.
std::filesystem::path base_path(const std::filesystem::path& out);

// No two files that are written are one, and none is one that the run, or one of `cells`, reads.
std::optional<Error> check_outputs(const RunArguments& arguments,
                                   const std::vector<SelectedCell>& cells);

class RunOutputs {
 public:
  // --out, --csv, --junit and the journal of --out, which check_outputs() has let pass. The error:
  // one of them cannot be, or is in the way. With --resume: takes the journal that is there, else
  // the results.
  static ErrorOr<RunOutputs> prepare(const RunArguments& arguments);

  // What earlier runs of --resume have left, and the file it was in; nullptr: nothing.
  const RecordedRuns* earlier() const;
  const std::filesystem::path& earlier_file() const { return earlier_file_; }

  // One of the files is standard output: nothing else is to be printed there.
  bool take_stdout() const;
  // A finished run is in the journal until it is in --out: not so where --out is no file.
  bool keep_runs() const { return journal_.has_value(); }

  // The campaign begins: its context, and what is not in the journal yet, are kept. What was
  // earlier is forgotten.
  std::optional<Error> begin(const Json& context);
  std::optional<Error> keep(const RunRecord& record);
  // Each is written whole; of a campaign that is not over, the journal stays.
  struct Texts {
    std::string document, csv, junit;
  };
  std::optional<Error> commit(const Texts& texts, bool over);
  // nullptr: runs are not traced.
  TraceFile* trace() { return trace_ ? &*trace_ : nullptr; }
  const TraceFile* trace() const { return trace_ ? &*trace_ : nullptr; }
  // Nothing is written, and nothing stays.
  void give_up();

 private:
  RunOutputs() = default;
  std::optional<Error> prepare_journal(const RunArguments& arguments);

  std::optional<OutputFile> out_, csv_, junit_;
  std::optional<TraceFile> trace_;
  std::optional<Journal> journal_;
  std::optional<RecordedRuns> results_;  // of --out, when there is no journal to go on with
  std::filesystem::path earlier_file_;
};

}  // namespace daxlab
