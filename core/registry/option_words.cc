#include "core/registry/option_words.h"

namespace daxlab {

std::vector<std::string> split_choices(std::string_view choices) {
  std::vector<std::string> words;
  while (true) {
    const size_t bar = choices.find('|');
    words.emplace_back(choices.substr(0, bar));
    if (bar == std::string_view::npos) return words;
    choices.remove_prefix(bar + 1);
  }
}

}  // namespace daxlab
