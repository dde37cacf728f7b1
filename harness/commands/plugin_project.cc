#include "harness/commands/plugin_project.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <map>
#include <string_view>
#include <system_error>

#include "core/base/errno_status.h"
#include "harness/campaign/recorded_runs.h"
#include "harness/commands/shell_words.h"
#include "harness/run/output_file.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;

constexpr const char* name_placeholder = "NAME";

// "NextFit" of next_fit.
std::string class_name(const std::string& name) {
  std::string result;
  bool begins = true;
  for (const char c : name) {
    if (c != '_') {
      result += begins ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    }
    begins = c == '_';
  }
  return result;
}

std::map<std::string, std::string> values_of(const PluginProject& project,
                                             const ProgramLayout& layout) {
  return {{"@NAME@", project.name},
          {"@CLASS@", class_name(project.name)},
          {"@KIND@", name_of(project.kind)},
          {"@DAXLAB@", shell_word(layout.daxlab.string())},
          {"@DAXLAB_DIR@", shell_word(layout.cmake.string())}};
}

// On from behind what was put in: a path may hold what looks like a placeholder.
std::string filled_in(const std::string& text, const std::map<std::string, std::string>& values) {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    const auto found = std::ranges::find_if(values, [&](const auto& value) {
      return std::string_view(text).substr(at).starts_with(value.first);
    });
    result += found == values.end() ? std::string(1, text[at]) : found->second;
    at += found == values.end() ? 1 : found->first.size();
  }
  return result;
}

struct ProjectFile {
  std::string name;
  std::string text;
};

Error missing(const std::string& what) {
  return {what + "; what a new plugin is made of belongs there: install daxlab anew"};
}

ErrorOr<std::string> read_template(const fs::path& path) {
  auto text = read_whole_file(path);
  if (!text.ok()) return missing(text.error().message);
  return text;
}

// The files of one folder of templates; "NAME.cc" becomes "next_fit.cc".
std::optional<Error> read_templates(const fs::path& folder, const PluginProject& project,
                                    const std::map<std::string, std::string>& values,
                                    std::vector<ProjectFile>& files) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const auto text = read_template(entry->path());
    if (!text.ok()) return text.error();
    std::string name = entry->path().filename().string();
    if (name.starts_with(name_placeholder)) {
      name.replace(0, std::string_view(name_placeholder).size(), project.name);
    }
    files.push_back({name, filled_in(text.value(), values)});
  }
  return error ? std::optional(missing(fmt::format("{}: {}", folder.string(), error.message())))
               : std::nullopt;
}

std::optional<Error> write_files(const fs::path& folder, const std::vector<ProjectFile>& files) {
  for (const ProjectFile& file : files) {
    auto output = OutputFile::prepare(folder / file.name);
    if (!output.ok()) return output.error();
    const auto written = output.value().commit(file.text);
    if (!written.ok()) return written.error();
  }
  return std::nullopt;
}

constexpr std::string_view keywords[] = {"alignas",       "alignof",     "and",
                                         "and_eq",        "asm",         "auto",
                                         "bitand",        "bitor",       "bool",
                                         "break",         "case",        "catch",
                                         "char",          "char16_t",    "char32_t",
                                         "char8_t",       "class",       "co_await",
                                         "co_return",     "co_yield",    "compl",
                                         "concept",       "const",       "const_cast",
                                         "consteval",     "constexpr",   "constinit",
                                         "continue",      "decltype",    "default",
                                         "delete",        "do",          "double",
                                         "dynamic_cast",  "else",        "enum",
                                         "explicit",      "export",      "extern",
                                         "false",         "float",       "for",
                                         "friend",        "goto",        "if",
                                         "inline",        "int",         "long",
                                         "mutable",       "namespace",   "new",
                                         "noexcept",      "not",         "not_eq",
                                         "nullptr",       "operator",    "or",
                                         "or_eq",         "private",     "protected",
                                         "public",        "register",    "reinterpret_cast",
                                         "requires",      "return",      "short",
                                         "signed",        "sizeof",      "static",
                                         "static_assert", "static_cast", "struct",
                                         "switch",        "template",    "this",
                                         "thread_local",  "throw",       "true",
                                         "try",           "typedef",     "typeid",
                                         "typename",      "union",       "unsigned",
                                         "using",         "virtual",     "void",
                                         "volatile",      "wchar_t",     "while",
                                         "xor",           "xor_eq"};

}  // namespace

std::optional<Error> refuse_name(PluginKind kind, const std::string& name,
                                 const fs::path& plugins) {
  const auto refused = [&](const std::string& why) {
    return Error{fmt::format("\"{}\" {}", name, why)};
  };
  if (!is_snake_case(name)) {
    return refused("is no plugin's name: names are of a-z, 0-9 and _, and begin with a letter");
  }
  if (name.size() > 63) return refused("is longer than 63 letters; choose a shorter name");
  if (std::ranges::find(keywords, name) != std::end(keywords)) {
    return refused("is a keyword of C++; choose another name");
  }
  for (const std::string folder : {"fault", "write", "alloc", "hazards"}) {
    const fs::path shipped = plugins / folder / (name + ".so");
    std::error_code none;
    if (!fs::exists(shipped, none)) continue;
    return refused(
        fmt::format("is the name of a plugin that is shipped, {}, and one of the two "
                    "would hide the other; choose another name",
                    shipped.string()));
  }
  const bool promises = name.starts_with("all_or_nothing") || name.starts_with("atomic");
  if (kind == PluginKind::write && promises) {
    return refused(
        "is a promise that `daxlab check` holds it to (daxlab/write.h), and the "
        "template writes short; choose another name, and rename it when it is kept");
  }
  return std::nullopt;
}

ErrorOr<std::vector<std::string>> make_project(const PluginProject& project,
                                               const ProgramLayout& layout) {
  const auto values = values_of(project, layout);
  std::vector<ProjectFile> files;
  for (const char* part : {name_of(project.kind), "project"}) {
    if (auto error = read_templates(layout.templates / part, project, values, files)) return *error;
  }
  if (mkdir(project.folder.c_str(), 0777) != 0) {
    if (errno != EEXIST) return error_from_errno(project.folder.string(), errno);
    return Error{
        fmt::format("{} is there already, and nothing in it is changed; choose another "
                    "name, or another folder by --in",
                    project.folder.string())};
  }
  if (auto error = write_files(project.folder, files)) {
    std::error_code none;
    fs::remove_all(project.folder, none);
    return *error;
  }
  std::vector<std::string> names;
  for (const ProjectFile& file : files) names.push_back(file.name);
  std::ranges::sort(names);
  return names;
}

}  // namespace daxlab
