#include "harness/mutations/core_places.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <tuple>
#include <utility>

namespace daxlab {
namespace {

constexpr std::array mutable_kinds = {
    StepKind::lock,    StepKind::unlock, StepKind::lock_shared, StepKind::unlock_shared,
    StepKind::publish, StepKind::insert, StepKind::unmap,       StepKind::free,
    StepKind::zero,    StepKind::copy,   StepKind::flush,       StepKind::fence,
};

std::vector<std::string> lines_of_file(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// The word before the first parenthesis, without its class.
std::string called_in(const std::string& line) {
  const size_t open = line.find('(');
  size_t first = open;
  while (first > 0 && (std::isalnum(static_cast<unsigned char>(line[first - 1])) != 0 ||
                       line[first - 1] == '_' || line[first - 1] == '~')) {
    --first;
  }
  return line.substr(first, open - first);
}

// Definitions begin at the margin, or in a class two columns in.
bool begins_function(const std::string& line, size_t margin) {
  const size_t first = line.find_first_not_of(' ');
  if (first != margin || line.find('(') == std::string::npos) return false;
  if (line[first] == '}' || line[first] == '#' || line[first] == '/' || line[first] == ':') {
    return false;
  }
  return margin == 0 ? line.back() != ';' : line.find('{') != std::string::npos;
}

std::string function_at(const std::vector<std::string>& lines, uint64_t line) {
  if (line == 0 || line > lines.size()) return "?";
  for (const size_t margin : {size_t{0}, size_t{2}}) {
    for (uint64_t i = line; i > 0; --i) {
      const std::string& text = lines[i - 1];
      if (margin == 0 && text == "}" && i < line) break;  // of the function before
      if (begins_function(text, margin)) return called_in(text);
    }
  }
  return "?";
}

}  // namespace

std::set<CorePlace> places_in(std::span<const StepTaken> trace) {
  // A text of each place, not of each step.
  std::map<std::tuple<const char*, uint32_t, StepKind>, SourceLocation> steps;
  for (const StepTaken& step : trace) {
    if (std::ranges::count(mutable_kinds, step.kind) == 0) continue;
    steps.try_emplace({step.where.file_name(), step.where.line(), step.kind}, step.where);
  }
  std::set<CorePlace> places;
  for (const auto& [step, where] : steps) {
    std::string place = place_of(where);
    if (place.starts_with("core/")) places.insert({std::move(place), std::get<StepKind>(step)});
  }
  return places;
}

std::string name_of(const CorePlace& place, const std::filesystem::path& source_folder) {
  const size_t colon = place.place.rfind(':');
  const std::string file = place.place.substr(0, colon);
  const uint64_t line = std::stoull(place.place.substr(colon + 1));
  return file + " " + function_at(lines_of_file(source_folder / file), line) + " " +
         name_of(place.kind);
}

std::string name_of(CoreMutation::How how, const std::string& place_name) {
  switch (how) {
    case CoreMutation::How::drop:
      return "drop " + place_name;
    case CoreMutation::How::twice:
      return "twice " + place_name;
    case CoreMutation::How::swap:
      return "swap " + place_name;
  }
  return "? " + place_name;
}

}  // namespace daxlab
