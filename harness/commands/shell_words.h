// Words as a POSIX shell reads them.
#pragma once

#include <string>
#include <vector>

namespace daxlab {

// The word itself when no shell sees more in it, else in single quotes.
std::string shell_word(const std::string& word);

// One line; a shell that reads it has exactly these words.
std::string shell_line(const std::vector<std::string>& words);

}  // namespace daxlab
