#include "harness/proving/check_lines.h"

#include "harness/commands/shell_words.h"
#include "harness/proving/check_settings.h"
#include "harness/run/cell_selection.h"

namespace daxlab {
namespace {

void add_time_limit_words(const CheckArguments& arguments, std::vector<std::string>& words) {
  if (arguments.time_limit == CheckArguments().time_limit) return;
  words.insert(words.end(), {"--time-limit", arguments.time_limit});
}

}  // namespace

std::string replay_line(const CheckArguments& arguments, const std::filesystem::path& saved) {
  std::vector<std::string> words = {arguments.program, "check", "--replay", saved.string()};
  add_time_limit_words(arguments, words);
  add_plugin_words(words, arguments.plugins);
  return shell_line(words);
}

std::string again_line(const CheckArguments& arguments, const CheckedCombination& checked) {
  const std::string config = checked.config->path.string();
  std::vector<std::string> words = {arguments.program, "check",
                                    config.starts_with('-') ? "./" + config : config,
                                    "--combinations", glob_of(checked.combination->name())};
  for (const std::string& override : arguments.overrides) {
    words.insert(words.end(), {"--set", override});
  }
  const auto settings = settings_words(arguments);
  words.insert(words.end(), settings.begin(), settings.end());
  add_time_limit_words(arguments, words);
  add_plugin_words(words, arguments.plugins);
  return shell_line(words);
}

}  // namespace daxlab
