#include "core/base/user_copy.h"

#include "core/base/user_memory.h"
#include "core/base/word_copy.h"

namespace daxlab {

uint64_t copy_to_user(void* to, const void* from, uint64_t length_bytes) noexcept {
  const word_copy::UserSink sink{static_cast<std::byte*>(to)};
  const word_copy::AlignedBytes source{static_cast<const std::byte*>(from)};
  return word_copy::move_run(sink, source, word_copy::bytes_to_word(from), length_bytes);
}

uint64_t copy_from_user(void* to, const void* from, uint64_t length_bytes) noexcept {
  const word_copy::UserBytes source{static_cast<const std::byte*>(from)};
  return source.copy(static_cast<std::byte*>(to), length_bytes);
}

// Zeros cannot be torn, so no side's words matter.
uint64_t zero_user(void* to, uint64_t length_bytes) noexcept {
  constexpr uint64_t line_bytes = 64, string_from_bytes = 512;
  if (length_bytes >= string_from_bytes) return zero_user_bytes(to, length_bytes);
  auto* start = static_cast<std::byte*>(to);
  uint64_t done = 0;
  while (done + line_bytes <= length_bytes && zero_user_line(start + done)) done += line_bytes;
  const word_copy::UserSink rest{start + done};
  return done + word_copy::move_run(rest, word_copy::Zeros(), 0, length_bytes - done);
}

}  // namespace daxlab
