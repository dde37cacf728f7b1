#include "harness/commands/run_outputs.h"

#include <system_error>

namespace daxlab {
namespace {

// Also by another name.
bool is_same_file(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::error_code none;
  return std::filesystem::weakly_canonical(a, none) == std::filesystem::weakly_canonical(b, none);
}

// What is read must not be written over.
std::optional<Error> check_not_read(const std::string& option, const std::filesystem::path& path,
                                    const RunArguments& arguments) {
  const std::string written = option + " " + path.string();
  for (const auto& config : arguments.configs) {
    if (is_same_file(path, config)) return Error{written + ": is also a config; name another file"};
  }
  if (arguments.from_result && is_same_file(path, *arguments.from_result)) {
    return Error{written + ": is also the file of --from-result; name another file"};
  }
  return std::nullopt;
}

std::optional<Error> check_names(const RunArguments& arguments) {
  if (arguments.resume && !arguments.out) {
    return Error{"--resume needs --out FILE.json: it goes on where that file ends"};
  }
  if (arguments.csv) {
    if (auto error = check_not_read("--csv", *arguments.csv, arguments)) return error;
  }
  if (!arguments.out) return std::nullopt;
  if (auto error = check_not_read("--out", *arguments.out, arguments)) return error;
  if (!arguments.csv) return std::nullopt;
  if (is_same_file(*arguments.out, *arguments.csv)) {
    return Error{"--out " + *arguments.out + ": is also the file of --csv; name two files"};
  }
  if (is_same_file(Journal::path_for(*arguments.out), *arguments.csv)) {
    return Error{"--csv " + *arguments.csv +
                 ": finished runs of --out are kept there; name another file"};
  }
  return std::nullopt;
}

std::optional<Error> prepare_file(const char* option,
                                  const std::optional<std::filesystem::path>& path,
                                  std::optional<OutputFile>& file) {
  if (!path) return std::nullopt;
  auto prepared = OutputFile::prepare(*path);
  if (!prepared.ok()) return Error{std::string(option) + " " + prepared.error().message};
  file.emplace(prepared.take());
  return std::nullopt;
}

}  // namespace

ErrorOr<RunOutputs> RunOutputs::prepare(const RunArguments& arguments) {
  if (auto error = check_names(arguments)) return *error;
  RunOutputs outputs;
  if (auto error = prepare_file("--out", arguments.out, outputs.out_)) return *error;
  if (auto error = prepare_file("--csv", arguments.csv, outputs.csv_)) return *error;
  if (auto error = outputs.prepare_journal(arguments)) return *error;
  return outputs;
}

std::optional<Error> RunOutputs::prepare_journal(const RunArguments& arguments) {
  if (!arguments.out) return std::nullopt;
  const std::filesystem::path path = Journal::path_for(*arguments.out);
  std::error_code none;
  if (arguments.resume && !std::filesystem::exists(path, none) &&
      std::filesystem::exists(*arguments.out, none)) {
    auto results = read_results(*arguments.out);
    if (!results.ok()) return Error{"--resume " + results.error().message};
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

std::optional<Error> RunOutputs::begin(const Json& context) {
  if (!journal_) return std::nullopt;
  if (results_) {
    for (const Json& known : results_->contexts) {
      if (auto error = journal_->add_context(known)) return error;
    }
    for (const RunRecord& record : results_->records) {
      if (auto error = journal_->add(record)) return error;
    }
  }
  return journal_->add_context(context);
}

std::optional<Error> RunOutputs::keep(const RunRecord& record) {
  return journal_ ? journal_->add(record) : std::nullopt;
}

std::optional<Error> RunOutputs::commit(const std::string& document, const std::string& csv,
                                        bool over) {
  if (out_) {
    const auto written = out_->commit(document);
    if (!written.ok()) return written.error();
  }
  if (csv_) {
    const auto written = csv_->commit(csv);
    if (!written.ok()) return written.error();
  }
  if (journal_ && over) journal_->remove();
  return std::nullopt;
}

void RunOutputs::give_up() {
  if (journal_) journal_->remove();
}

}  // namespace daxlab
