#include "core/registry/refusal_test.h"

#include <gtest/gtest.h>

namespace daxlab {

std::string refusal_of(const SearchPath& search_path, PluginKind kind, const std::string& name,
                       std::chrono::milliseconds probe_time_limit) {
  Registry plugins(search_path, probe_time_limit);
  const auto found = plugins.find(kind, name);
  if (!found.ok()) return found.error().message;
  ADD_FAILURE() << "found: " << found.value().path;
  return {};
}

std::chrono::milliseconds heeded_limit(std::chrono::milliseconds probe_time_limit) {
  return probe_time_limit;
}

}  // namespace daxlab
