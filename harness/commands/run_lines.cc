#include "harness/commands/run_lines.h"

#include "harness/commands/shell_words.h"

namespace daxlab {
namespace {

using Words = std::vector<std::string>;

void add(Words& words, const char* option, const std::string& value) {
  words.insert(words.end(), {option, value});
}

// A file whose name begins with a dash is no option.
std::string as_argument(const std::string& path) {
  return path.starts_with('-') ? "./" + path : path;
}

// What says where cells and plugins come from, besides the configs.
void add_options(Words& words, const RunArguments& arguments) {
  add_plugin_words(words, arguments.plugins);
  if (arguments.force) words.emplace_back("--force");
  if (arguments.no_userfaultfd) words.emplace_back("--no-userfaultfd");
}

void add_overrides(Words& words, const RunArguments& arguments) {
  for (const std::string& override : arguments.overrides) add(words, "--set", override);
}

}  // namespace

std::string resume_line(const RunArguments& arguments) {
  Words words = {arguments.program, "run"};
  for (const auto& config : arguments.configs) words.push_back(as_argument(config));
  if (arguments.from_result) add(words, "--from-result", *arguments.from_result);
  if (arguments.failed) add(words, "--failed", *arguments.failed);
  for (const auto& glob : arguments.cells_globs) add(words, "--cells", glob);
  if (arguments.shard) add(words, "--shard", *arguments.shard);
  add_overrides(words, arguments);
  add_options(words, arguments);
  if (arguments.jobs > 1) add(words, "--jobs", std::to_string(arguments.jobs));
  if (arguments.csv) add(words, "--csv", *arguments.csv);
  if (arguments.junit) add(words, "--junit", *arguments.junit);
  if (arguments.out) add(words, "--out", *arguments.out);
  words.emplace_back(arguments.resume == "mixed" ? "--resume=mixed" : "--resume");
  return shell_line(words);
}

std::string alone_line(const RunArguments& arguments, const SelectedCell& cell) {
  Words words = {arguments.program, "run"};
  if (const auto& file = arguments.from_result ? arguments.from_result : arguments.failed) {
    add(words, "--from-result", *file);
  } else {
    words.push_back(as_argument(cell.config->path.string()));
  }
  add(words, "--cells", glob_of(cell.cell->name()));
  add_overrides(words, arguments);
  add(words, "--set", "repetitions=1");  // the last one counts
  add_options(words, arguments);
  return shell_line(words);
}

}  // namespace daxlab
