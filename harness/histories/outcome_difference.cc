#include "harness/histories/outcome_difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace daxlab {
namespace {

std::string code_text(ErrorCode code) { return fmt::format("\"{}\"", describe(code)); }

}  // namespace

std::string to_text(const Difference& difference) {
  const std::string text =
      fmt::format("expected {}, seen {}", difference.expected, difference.seen);
  return difference.place.empty() ? text : difference.place + ": " + text;
}

bool names_a_file(OpKind kind) {
  return kind == OpKind::create || kind == OpKind::open || kind == OpKind::unlink;
}

bool same_code(OpKind kind, ErrorCode expected, ErrorCode seen) {
  return names_a_file(kind) ? expected == seen
                            : (expected == ErrorCode::ok) == (seen == ErrorCode::ok);
}

bool same_bytes(std::span<const std::byte> a, std::span<const std::byte> b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

std::optional<Difference> find_difference(std::span<const std::byte> expected,
                                          std::span<const std::byte> seen, uint64_t offset_bytes) {
  if (same_bytes(expected, seen)) return std::nullopt;
  const auto [in_expected, in_seen] =
      std::mismatch(expected.begin(), expected.end(), seen.begin(), seen.end());
  if (in_expected == expected.end() || in_seen == seen.end()) {
    return Difference{{}, fmt::format("{} bytes", expected.size()), fmt::format("{}", seen.size())};
  }
  const auto at = static_cast<uint64_t>(in_expected - expected.begin());
  return Difference{fmt::format("file offset {}", offset_bytes + at),
                    fmt::format("{:#04x}", static_cast<unsigned>(*in_expected)),
                    fmt::format("{:#04x}", static_cast<unsigned>(*in_seen))};
}

std::optional<Difference> find_difference(const Op& op, const Outcome& expected,
                                          const Outcome& seen) {
  if (!same_code(op.kind, expected.code, seen.code)) {
    return Difference{{}, code_text(expected.code), code_text(seen.code)};
  }
  if (expected.count_bytes != seen.count_bytes) {
    return Difference{
        {}, fmt::format("{} bytes", expected.count_bytes), fmt::format("{}", seen.count_bytes)};
  }
  if (expected.size_bytes != seen.size_bytes) {
    return Difference{
        {}, fmt::format("file size {}", expected.size_bytes), fmt::format("{}", seen.size_bytes)};
  }
  if (expected.word != seen.word) {
    return Difference{{}, fmt::format("{:#x}", expected.word), fmt::format("{:#x}", seen.word)};
  }
  return find_difference(expected.bytes, seen.bytes, op.offset_bytes);
}

}  // namespace daxlab
