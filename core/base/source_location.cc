#include "core/base/source_location.h"

#include <string_view>

namespace daxlab {

std::string place_of(const SourceLocation& where) {
  std::string_view file = where.file_name();
  for (const std::string_view top : {"core/", "harness/", "plugins/"}) {
    if (const size_t at = file.rfind(top); at != file.npos) {
      file.remove_prefix(at);
      break;
    }
  }
  if (where.line() == 0) return std::string(file);
  return std::string(file) + ":" + std::to_string(where.line());
}

}  // namespace daxlab
