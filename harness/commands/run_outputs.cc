#include "harness/commands/run_outputs.h"

#include <fmt/format.h>
#include <unistd.h>

#include <set>
#include <system_error>

#include "harness/commands/distinct_files.h"

namespace daxlab {
namespace {

// What is read must not be written over.
void add_read_files(DistinctFiles& files, const RunArguments& arguments,
                    const std::vector<SelectedCell>& cells) {
  for (const auto& config : arguments.configs) files.add_read(config, "a config");
  if (arguments.from_result) files.add_read(*arguments.from_result, "the file of --from-result");
  if (arguments.failed) files.add_read(*arguments.failed, "the file of --failed");
  std::set<std::filesystem::path> regions;
  for (const SelectedCell& selected : cells) {
    if (has_path(selected.cell->medium)) regions.insert(selected.cell->region_path);
  }
  for (const auto& region : regions) files.add_read(region, "a region of the config");
}

std::optional<Error> prepare_file(const char* option,
                                  const std::optional<std::filesystem::path>& path,
                                  std::optional<OutputFile>& file) {
  if (!path) return std::nullopt;
  auto prepared = OutputFile::prepare(*path);
  if (!prepared.ok()) return prepared.error().prefixed(std::string(option) + " ");
  file.emplace(prepared.take());
  return std::nullopt;
}

}  // namespace

std::filesystem::path base_path(const std::filesystem::path& out) {
  std::filesystem::path path = out;
  return path.replace_extension(".base" + path.extension().string());
}

std::optional<Error> check_outputs(const RunArguments& arguments,
                                   const std::vector<SelectedCell>& cells) {
  if (arguments.resume && !arguments.resume->empty() && *arguments.resume != "mixed") {
    return Error{
        fmt::format("--resume={}: expected --resume, or --resume=mixed", *arguments.resume)};
  }
  if (arguments.resume && !arguments.out) {
    return Error{"--resume needs --out FILE.json: it goes on where that file ends"};
  }
  DistinctFiles files;
  add_read_files(files, arguments, cells);
  if (arguments.expect && arguments.update) {
    if (auto error = files.add_written(*arguments.expect, "the file of --expect", "--expect ")) {
      return error;
    }
  } else if (arguments.expect) {
    files.add_read(*arguments.expect, "the file of --expect");
  }
  if (arguments.csv) {
    if (auto error = files.add_written(*arguments.csv, "the file of --csv", "--csv ")) return error;
  }
  if (arguments.junit) {
    if (auto error = files.add_written(*arguments.junit, "the file of --junit", "--junit ")) {
      return error;
    }
  }
  if (arguments.trace && arguments.against) {
    return Error{"--trace changes times, which --against compares; leave one of them out"};
  }
  if (arguments.trace) {
    if (auto error = files.add_written(*arguments.trace, "the file of --trace", "--trace ")) {
      return error;
    }
  }
  if (!arguments.out) return std::nullopt;
  if (auto error = files.add_written(*arguments.out, "the file of --out", "--out ")) return error;
  if (arguments.against) {
    return files.add_written(base_path(*arguments.out), "the file of the other build's runs",
                             "the other build's runs are kept in ");
  }
  return files.add_written(Journal::path_for(*arguments.out), "the journal of --out",
                           "finished runs of --out are kept in ");
}

ErrorOr<RunOutputs> RunOutputs::prepare(const RunArguments& arguments) {
  RunOutputs outputs;
  if (auto error = prepare_file("--out", arguments.out, outputs.out_)) return *error;
  if (auto error = prepare_file("--csv", arguments.csv, outputs.csv_)) return *error;
  if (auto error = prepare_file("--junit", arguments.junit, outputs.junit_)) return *error;
  if (arguments.trace) {
    auto trace = TraceFile::prepare(*arguments.trace);
    if (!trace.ok()) return trace.error().prefixed("--trace ");
    outputs.trace_.emplace(trace.take());
  }
  if (auto error = outputs.prepare_journal(arguments)) return *error;
  return outputs;
}

std::optional<Error> RunOutputs::prepare_journal(const RunArguments& arguments) {
  if (!out_) return std::nullopt;
  if (out_->own_descriptor() >= 0) {  // beside which nothing can be kept
    if (!arguments.resume) return std::nullopt;
    return Error{"--resume needs a file, and --out " + *arguments.out + " is none"};
  }
  const std::filesystem::path path = Journal::path_for(*arguments.out);
  std::error_code none;
  if (arguments.resume && !std::filesystem::exists(path, none) &&
      std::filesystem::exists(*arguments.out, none)) {
    auto results = read_results(*arguments.out);
    if (!results.ok()) return results.error().prefixed("--resume ");
    results_ = results.take();
    earlier_file_ = *arguments.out;
  }
  auto journal = arguments.resume ? Journal::go_on(path) : Journal::begin(path);
  if (!journal.ok()) return journal.error();
  journal_.emplace(journal.take());
  if (!journal_->kept().records.empty()) earlier_file_ = path;
  return std::nullopt;
}

const RecordedRuns* RunOutputs::earlier() const {
  if (results_) return &*results_;
  return journal_ && !journal_->kept().records.empty() ? &journal_->kept() : nullptr;
}

bool RunOutputs::take_stdout() const {
  const auto is_stdout = [](const std::optional<OutputFile>& file) {
    return file && file->own_descriptor() == STDOUT_FILENO;
  };
  const bool is_trace = trace_ && trace_->own_descriptor() == STDOUT_FILENO;
  return is_stdout(out_) || is_stdout(csv_) || is_stdout(junit_) || is_trace;
}

std::optional<Error> RunOutputs::begin(const Json& context) {
  if (!journal_) return std::nullopt;
  if (results_) {
    for (const Json& known : results_->contexts) {
      if (auto error = journal_->add_context(known)) return error;
    }
    for (const RunRecord& record : results_->records) {
      if (auto error = journal_->add(record)) return error;
    }
    results_.reset();
  }
  journal_->forget_kept();
  return journal_->add_context(context);
}

std::optional<Error> RunOutputs::keep(const RunRecord& record) {
  return journal_ ? journal_->add(record) : std::nullopt;
}

std::optional<Error> RunOutputs::commit(const Texts& texts, bool over) {
  const std::pair<std::optional<OutputFile>*, const std::string*> files[] = {
      {&out_, &texts.document}, {&csv_, &texts.csv}, {&junit_, &texts.junit}};
  for (const auto& [file, text] : files) {
    if (!*file) continue;
    const auto written = (*file)->commit(*text);
    if (!written.ok()) return written.error();
  }
  if (trace_) {
    if (auto error = trace_->commit()) return error;
  }
  if (journal_ && over) journal_->remove();
  return std::nullopt;
}

void RunOutputs::give_up() {
  if (journal_) journal_->remove();
}

}  // namespace daxlab
