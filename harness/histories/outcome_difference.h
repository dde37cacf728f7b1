// How two answers to one operation differ: a file system's from the model's, or one engine's from
// another's.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "harness/histories/history.h"
#include "harness/histories/model.h"

namespace daxlab {

struct Difference {
  std::string place;  // "file offset 17", or empty
  std::string expected, seen;
};
// "file offset 17: expected 0x01, seen 0x00"
std::string to_text(const Difference& difference);

bool names_a_file(OpKind kind);  // create, open, unlink
// Names must give the same code; other errors are one as good as another.
bool same_code(OpKind kind, ErrorCode expected, ErrorCode seen);

std::optional<Difference> find_difference(const Op& op, const Outcome& expected,
                                          const Outcome& seen);
bool same_bytes(std::span<const std::byte> a, std::span<const std::byte> b);
// Of bytes from `offset_bytes` of a file on.
std::optional<Difference> find_difference(std::span<const std::byte> expected,
                                          std::span<const std::byte> seen, uint64_t offset_bytes);

}  // namespace daxlab
