#include "harness/histories/exploration.h"

#include <algorithm>
#include <cstdlib>

namespace daxlab {

uint64_t first_seed() {
  const char* text = std::getenv("DAXLAB_SEED");
  return text == nullptr ? 1 : std::strtoull(text, nullptr, 10);
}

uint64_t rounds_by_each(uint64_t total, uint64_t rows) {
  const char* text = std::getenv("DAXLAB_EXPLORE");
  if (text != nullptr) total *= std::clamp<uint64_t>(std::strtoull(text, nullptr, 10), 1, 1000);
  return std::max<uint64_t>(total / rows, 1);
}

uint64_t explored_by_each(uint64_t total, uint64_t rows) {
#ifndef NDEBUG
  total /= 5;
#endif
  return rounds_by_each(total, rows);
}

}  // namespace daxlab
