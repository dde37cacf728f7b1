#include "harness/crash/sites_in_sources_test.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <regex>
#include <string_view>
#include <vector>

namespace daxlab {
namespace {

// What a call does to the region in the caller's name.
struct Routine {
  std::string name;
  std::string call;  // as it looks
  std::vector<EventKind> kinds;
};

const std::vector<Routine>& routines() {
  using enum EventKind;
  const std::string persist = R"(persist(?:\(\)|_)?\.)";
  static const std::vector<Routine> all = {
      {"store_word", persist + R"(store_word(?:_at_once)?\()", {word}},
      {"copy", persist + R"(copy\()", {bytes, flush}},
      {"copy_from_user", persist + R"(copy_from_user\()", {bytes, flush}},
      {"zero", persist + R"(zero\()", {bytes, flush}},
      {"flush", persist + R"(flush\()", {flush}},
      {"fence", persist + R"(fence\()", {fence}},
      {"persist_word", R"(\bpersist_word\()", {word, flush, fence}},
      {"set_size", R"(\bset_size\()", {word, flush, fence}},
      {"set_root", R"(\bset_root\()", {word, flush}},
      {"clear", R"((?:\bmap|\))\.clear\()", {word, flush, fence}},
      {"make_hole", R"(\bmake_hole\()", {word, flush, fence}},
      {"zero_in_page", R"(\bzero_in_page\()", {bytes, flush, fence}},
      {"zero_tail", R"(\bzero_tail\()", {bytes, flush, fence}},
      {"start_zeroing_tail", R"(\bstart_zeroing_tail\()", {bytes, flush}},
      {"make_changes", R"(\bmake_changes\()", {word, flush, fence}},
      {"retire_log", R"(\bretire_log\()", {word, flush, fence}},
  };
  return all;
}
constexpr size_t of_persist = 6;  // the first of them, which are not declared with Persist::Where

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// `look` is called with the path in the tree and the text.
void for_each_source(const std::function<void(const std::string&, const std::string&)>& look) {
  const std::filesystem::path top = DAXLAB_SOURCE_DIR;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(top / "core")) {
    const std::string file = entry.path().lexically_relative(top).string();
    const bool is_source = file.ends_with(".cc") || file.ends_with(".h");
    if (is_source && !file.ends_with("_test.cc")) look(file, text_of(entry.path()));
  }
}

// With blanks for comments, so that places stay.
std::string without_comments(std::string text) {
  for (size_t at = 0; (at = text.find("//", at)) != text.npos;) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::fill(text.begin() + static_cast<ptrdiff_t>(at), text.begin() + static_cast<ptrdiff_t>(end),
              ' ');
  }
  return text;
}

// What stands between the parentheses of which the first ends at `start`.
std::string_view arguments_at(std::string_view text, size_t start) {
  size_t end = start;
  for (int depth = 1; end < text.size() && depth > 0; ++end) {
    depth += text[end] == '(' ? 1 : text[end] == ')' ? -1 : 0;
  }
  return text.substr(start, end - start);
}

// Also in a declaration, whose callers are the sites.
bool passes_on(std::string_view arguments) {
  static const std::regex where(R"(\bwhere\b)");
  return std::regex_search(arguments.begin(), arguments.end(), where);
}

void find_calls(const std::string& file, const std::string& text, const std::string& code,
                const Routine& routine, SourceSites& found) {
  if (code.find(routine.name) == code.npos) return;  // much sooner than the regex says so
  const std::regex call(routine.call);
  for (std::sregex_iterator at(code.begin(), code.end(), call), end; at != end; ++at) {
    const auto start = static_cast<size_t>(at->position());
    const auto behind = start + static_cast<size_t>(at->length());
    if (passes_on(arguments_at(code, behind))) continue;
    const auto line = 1 + std::count(code.begin(), code.begin() + at->position(), '\n');
    const std::string_view rest =
        std::string_view(text).substr(start, text.find('\n', start) - start);
    // What is done to a medium before a region is made of it, no recorder of a region can see.
    if (file == "core/region/medium.cc" && rest.find("// no region yet") != rest.npos) continue;
    for (EventKind kind : routine.kinds) {
      const PersistSite site{file + ":" + std::to_string(line), kind};
      found.sites.insert(site);
      if (rest.find("// not for crashes") != rest.npos) found.not_for_crashes.insert(site);
    }
  }
}

}  // namespace

SourceSites sites_in_sources() {
  SourceSites found;
  for_each_source([&](const std::string& file, const std::string& text) {
    if (!file.ends_with(".cc")) return;
    const std::string code = without_comments(text);
    for (const Routine& routine : routines()) find_calls(file, text, code, routine, found);
  });
  return found;
}

std::set<std::string> routines_declared() {
  static const std::regex declaration(R"((\w+)\([^()]*\bPersist::Where where = )");
  std::set<std::string> names;
  for_each_source([&](const std::string&, const std::string& text) {
    if (text.find("Persist::Where where = ") == text.npos) return;
    const std::string code = without_comments(text);
    for (std::sregex_iterator at(code.begin(), code.end(), declaration), end; at != end; ++at) {
      names.insert((*at)[1]);
    }
  });
  return names;
}

std::set<std::string> routines_known() {
  std::set<std::string> names;
  for (size_t i = of_persist; i < routines().size(); ++i) names.insert(routines()[i].name);
  return names;
}

}  // namespace daxlab
