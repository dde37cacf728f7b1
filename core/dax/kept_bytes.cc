#include "core/dax/kept_bytes.h"

#include <cstdint>
#include <new>

#include "core/base/sizes.h"
#include "core/base/user_copy.h"

namespace daxlab {

// An allocation begins at a word, and words stay whole where both sides have them at one place.
Status KeptBytes::take(std::span<const std::byte> from) {
  const uint64_t within_word = reinterpret_cast<uintptr_t>(from.data()) % word_bytes;
  memory_.reset(new (std::nothrow) std::byte[within_word + from.size()]);
  if (memory_ == nullptr) return ErrorCode::no_memory;
  std::byte* const start = memory_.get() + within_word;
  bytes_ = {start, copy_from_user(start, from.data(), from.size())};
  return {};
}

}  // namespace daxlab
