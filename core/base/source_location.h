// std::source_location, which Clang 14 (of Debian 12) does not have.
#pragma once

#include <cstdint>
#include <string>
#include <version>

#if defined(__cpp_lib_source_location)

#include <source_location>

namespace daxlab {
using SourceLocation = std::source_location;
}  // namespace daxlab

#else

namespace daxlab {

class SourceLocation {
 public:
  // As a default argument: of the call that does not give it.
  static constexpr SourceLocation current(const char* file = __builtin_FILE(),
                                          uint32_t line = __builtin_LINE()) noexcept {
    SourceLocation location;
    location.file_name_ = file;
    location.line_ = line;
    return location;
  }
  constexpr const char* file_name() const noexcept { return file_name_; }
  constexpr uint32_t line() const noexcept { return line_; }

 private:
  const char* file_name_ = "";
  uint32_t line_ = 0;
};

}  // namespace daxlab

#endif

namespace daxlab {

// "core/region/block_map.cc:214", from wherever the tree was built. What has no line, such as code
// of a plugin, is told by its name alone.
std::string place_of(const SourceLocation& where);

}  // namespace daxlab
