// A word that may or may not be durable.
#pragma once

#include <cstdint>

#include "core/base/source_location.h"

namespace daxlab {

struct OpenStore {
  uint64_t offset_bytes = 0;
  uint64_t value = 0;
  uint32_t thread = 0;
  bool past_cache = false;
  SourceLocation where;
  bool answered = false;  // its operation has ended
};

}  // namespace daxlab
