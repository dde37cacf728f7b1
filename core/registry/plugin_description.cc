#include "core/registry/plugin_description.h"

namespace daxlab {

const char* name_of(PluginKind kind) {
  switch (kind) {
    case PluginKind::fault:
      return "fault";
    case PluginKind::write:
      return "write";
    case PluginKind::alloc:
      return "alloc";
  }
  return "unknown";
}

bool is_snake_case(std::string_view word) {
  if (word.empty() || word.front() < 'a' || word.front() > 'z') return false;
  for (const char c : word) {
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_') return false;
  }
  return true;
}

}  // namespace daxlab
