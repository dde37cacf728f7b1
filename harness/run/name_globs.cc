#include "harness/run/name_globs.h"

#include <fnmatch.h>

#include <algorithm>

namespace daxlab {
namespace {

bool takes_away(const std::string& glob) { return glob.starts_with('!'); }

bool matches(const std::string& glob, const std::string& name) {
  const char* const pattern = glob.c_str() + (takes_away(glob) ? 1 : 0);
  return fnmatch(pattern, name.c_str(), 0) == 0;
}

}  // namespace

bool NameGlobs::want(const std::string& name) const {
  bool all_are = true, is = false;
  for (const std::string& glob : globs_) {
    if (takes_away(glob)) {
      if (matches(glob, name)) return false;
    } else {
      all_are = false;
      is |= matches(glob, name);
    }
  }
  return all_are || is;
}

const std::string* NameGlobs::without_match(const std::vector<std::string>& names) const {
  const auto found = std::ranges::find_if(globs_, [&](const std::string& glob) {
    return std::ranges::none_of(names,
                                [&](const std::string& name) { return matches(glob, name); });
  });
  return found == globs_.end() ? nullptr : &*found;
}

std::string glob_of(const std::string& name) {
  std::string glob;
  for (const char c : name) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') glob += '\\';
    glob += c;
  }
  return glob;
}

}  // namespace daxlab
