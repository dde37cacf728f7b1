#include "harness/campaign/listed_values.h"

#include <algorithm>

namespace daxlab {
namespace {

constexpr std::string_view separator = ", ";

}  // namespace

bool has_entry(std::string_view list, std::string_view entry) {
  for (size_t at = 0; (at = list.find(entry, at)) != list.npos; ++at) {
    const bool begins = at == 0 || list.substr(0, at).ends_with(separator);
    const std::string_view rest = list.substr(at + entry.size());
    if (begins && (rest.empty() || rest.starts_with(separator))) return true;
  }
  return false;
}

std::string with_entry(const std::string& list, std::string_view entry) {
  if (list.empty()) return std::string(entry);
  if (has_entry(list, entry)) return list;
  return (list + std::string(separator)).append(entry);
}

std::vector<std::string> entries_of(std::string_view list) {
  std::vector<std::string> entries;
  while (!list.empty()) {
    const size_t end = std::min(list.find(separator), list.size());
    entries.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + separator.size(), list.size()));
  }
  return entries;
}

}  // namespace daxlab
