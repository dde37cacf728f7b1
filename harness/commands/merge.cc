// `daxlab merge`: the results of several runs of a matrix, or of its shards, as one.
#include "harness/campaign/merge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "harness/campaign/result_document.h"
#include "harness/commands/commands.h"
#include "harness/commands/distinct_files.h"
#include "harness/commands/shell_words.h"
#include "harness/report/csv.h"
#include "harness/report/junit_cells.h"
#include "harness/report/table.h"
#include "harness/run/name_globs.h"
#include "harness/run/output_file.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

struct MergeArguments {
  std::vector<std::string> files;
  std::optional<std::string> out, csv, junit;
  bool mixed = false;
  std::string program;
};

// One of the files to be written.
struct Output {
  const char* option;
  const std::optional<std::string>* path;
  std::string text;
  std::optional<OutputFile> file = {};
};

std::optional<Error> prepare(std::vector<Output>& outputs, const MergeArguments& arguments) {
  DistinctFiles files;
  // What is merged may be written over: all of it was read before, and nothing is lost.
  for (const std::string& path : arguments.files) {
    if (path != arguments.out) files.add_read(path, "a file that is merged");
  }
  for (Output& output : outputs) {
    if (!*output.path) continue;
    const std::string where = fmt::format("{} ", output.option);
    if (auto error =
            files.add_written(**output.path, fmt::format("the file of {}", output.option), where)) {
      return error;
    }
    auto file = OutputFile::prepare(**output.path);
    if (!file.ok()) return file.error().prefixed(where);
    output.file.emplace(file.take());
  }
  return std::nullopt;
}

ErrorOr<MergedRuns> read_and_merge(const MergeArguments& arguments) {
  std::vector<ResultFile> files;
  for (const std::string& path : arguments.files) {
    auto runs = read_results(path);
    if (!runs.ok()) return runs.error();
    files.push_back({path, runs.take()});
  }
  return merge(std::move(files), arguments.mixed ? Origins::mixed : Origins::alike);
}

std::string document_of(const MergedRuns& merged) {
  ResultDocument document;
  for (const Json& context : merged.runs.contexts) document.add_context(context);
  if (const auto& part = merged.runs.interrupted) document.add_context({{"interrupted", *part}});
  for (const RunRecord& record : merged.runs.records) {
    document.add(record, static_cast<uint64_t>(record.result.family_index));
  }
  return document.text();
}

// Only of a merged file that is written can a cell be run again; with the plugin path of then.
AloneLine alone_of(const MergeArguments& arguments) {
  if (!arguments.out) return {};
  return [&arguments](const ResultRecord& record) {
    return shell_line({arguments.program, "run", "--from-result", *arguments.out, "--cells",
                       glob_of(record.name), "--set", "repetitions=1"});
  };
}

int run_merge(const MergeArguments& arguments) {
  auto merged = read_and_merge(arguments);
  if (!merged.ok()) return fail_to_begin("merge", merged.error());
  std::vector<ResultRecord> records;
  for (const RunRecord& record : merged.value().runs.records) records.push_back(record.result);
  const AloneLine alone = alone_of(arguments);

  std::vector<Output> outputs;
  outputs.push_back({"--out", &arguments.out, document_of(merged.value())});
  outputs.push_back({"--csv", &arguments.csv, format_csv(records)});
  outputs.push_back({"--junit", &arguments.junit, to_junit(junit_cells(records, alone))});
  if (const auto error = prepare(outputs, arguments)) return fail_to_begin("merge", *error);
  bool takes_stdout = false;
  for (Output& output : outputs) {
    if (!output.file) continue;
    takes_stdout |= output.file->own_descriptor() == STDOUT_FILENO;
    const auto written = output.file->commit(output.text);
    if (!written.ok()) return fail("merge", exit_failed, written.error().message);
  }

  const auto cells = summarize(records);
  const auto skipped =
      static_cast<uint64_t>(std::ranges::count_if(cells, &CellSummary::is_skipped));
  const auto failed = static_cast<uint64_t>(std::ranges::count_if(
      cells, [](const CellSummary& cell) { return cell.failure && !cell.is_skipped(); }));
  std::string text = format_tables(records, alone);
  text += fmt::format("\n{} of {} cells passed", cells.size() - failed - skipped, cells.size());
  if (skipped != 0) text += fmt::format(", {} skipped", skipped);
  text += failed == 0 ? "\n" : fmt::format(", {} failed\n", failed);
  const auto& machines = merged.value().machines;
  if (machines.size() > 1) {
    text += fmt::format("made on {} machines, times of which do not compare: {}\n", machines.size(),
                        fmt::join(machines, "; "));
  }
  for (const std::string& what : merged.value().missing) {
    text += fmt::format("missing: {}\n", what);
  }
  print_to(takes_stdout ? stderr : stdout, text);
  return failed == 0 && merged.value().missing.empty() ? exit_passed : exit_failed;
}

class MergeCommand final : public Command {
 public:
  CommandTable table() override {
    CommandTable table{.name = "merge",
                       .help =
                           "Put results of several runs of a matrix, or of its shards, together; "
                           "exit 1 when a cell has failed or a shard is missing"};
    auto& options = table.options;
    options.push_back({.name = "files",
                       .value = "RESULT.json",
                       .help = "Files of run --out",
                       .into = &arguments_.files,
                       .required = true});
    options.push_back({.name = "--out",
                       .value = "FILE.json",
                       .help = "Write all of them as one result; it may be one of them",
                       .into = &arguments_.out});
    options.push_back({.name = "--csv",
                       .value = "FILE.csv",
                       .help = "Write a row for each run, all counters",
                       .into = &arguments_.csv});
    options.push_back({.name = "--junit",
                       .value = "FILE.xml",
                       .help = "Write a test case for each cell",
                       .into = &arguments_.junit});
    options.push_back({.name = "--mixed",
                       .help = "Take also runs of different builds of daxlab or of a plugin, or to "
                               "which faults were delivered differently",
                       .into = &arguments_.mixed});
    return table;
  }
  int run(const TypedLine& line) override {
    arguments_.program = line.program();
    return run_merge(arguments_);
  }

 private:
  MergeArguments arguments_;
};

}  // namespace

std::unique_ptr<Command> make_merge_command() { return std::make_unique<MergeCommand>(); }

}  // namespace daxlab
