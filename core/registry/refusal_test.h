// Who refuses the plugins of a test: the registry in this process (refusal_test.cc), or in another
// program of tests the daxlab that is installed.
#pragma once

#include <chrono>
#include <string>

#include "core/registry/registry.h"

namespace daxlab {

// What is said instead of taking that plugin; "" and a failed assertion when it is taken.
std::string refusal_of(const SearchPath& search_path, PluginKind kind, const std::string& name,
                       std::chrono::milliseconds probe_time_limit = std::chrono::seconds(60));

// Of that limit, the one that is heeded: a program has its own.
std::chrono::milliseconds heeded_limit(std::chrono::milliseconds probe_time_limit);

}  // namespace daxlab
