// One write that cannot be done as a whole, and what it may answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/lab/lab.h"
#include "harness/conformance/finding.h"

namespace daxlab {

enum class Manner { other, short_write, refused };

struct WriteTrial {
  std::string what;  // for people: "a write of 8 bytes at 0"
  uint64_t offset_bytes = 0;
  std::span<const std::byte> from;
  uint64_t there_bytes = 0;  // of them, the front part that can be read
  ErrorCode refusal = ErrorCode::no_space;
};

// It is short or refused, what it returned is there, and nothing else has changed: bytes, size,
// free blocks.
std::optional<Finding> try_write(Lab& lab, File& file, const WriteTrial& trial, Manner& manner);

}  // namespace daxlab
