#include "harness/histories/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "harness/histories/random.h"

namespace daxlab {

PageRange pages_of(ByteRange bytes) {
  if (bytes.length_bytes == 0) return {bytes.offset_bytes / page_bytes, 0};
  const uint64_t first = bytes.offset_bytes / page_bytes;
  return {first, (bytes.end() - 1) / page_bytes + 1 - first};
}

const char* name_of(OpKind kind) {
  switch (kind) {
    case OpKind::create:
      return "create";
    case OpKind::open:
      return "open";
    case OpKind::unlink:
      return "unlink";
    case OpKind::read:
      return "read";
    case OpKind::write:
      return "write";
    case OpKind::read_into_view:
      return "read_into_view";
    case OpKind::write_from_view:
      return "write_from_view";
    case OpKind::truncate:
      return "truncate";
    case OpKind::punch:
      return "punch";
    case OpKind::preallocate:
      return "preallocate";
    case OpKind::sync:
      return "sync";
    case OpKind::map:
      return "map";
    case OpKind::unmap:
      return "unmap";
    case OpKind::load:
      return "load";
    case OpKind::store:
      return "store";
    case OpKind::prefault:
      return "prefault";
    case OpKind::view_sync:
      return "view_sync";
  }
  return "?";
}

bool is_on_view(OpKind kind) {
  return kind == OpKind::unmap || kind == OpKind::load || kind == OpKind::store ||
         kind == OpKind::prefault || kind == OpKind::view_sync;
}

std::string file_name(uint32_t file) { return fmt::format("f{}", file); }

std::vector<std::byte> written_bytes(uint64_t value, uint64_t length_bytes) {
  std::vector<std::byte> bytes(length_bytes);
  for (uint64_t at = 0; at < length_bytes; at += 8) {
    const uint64_t word = mix_bits(value + at);
    std::memcpy(&bytes[at], &word, std::min<uint64_t>(8, length_bytes - at));
  }
  return bytes;
}

std::string to_text(const Op& op) {
  const std::string target = is_on_view(op.kind)
                                 ? fmt::format("{} view {}", name_of(op.kind), op.view)
                                 : fmt::format("{} f{}", name_of(op.kind), op.file);
  switch (op.kind) {
    case OpKind::create:
    case OpKind::open:
    case OpKind::unlink:
    case OpKind::sync:
    case OpKind::unmap:
      return target;
    case OpKind::read:
    case OpKind::punch:
    case OpKind::preallocate:
    case OpKind::view_sync:
      return fmt::format("{} offset {} length {}", target, op.offset_bytes, op.length_bytes);
    case OpKind::write:
      return fmt::format("{} offset {} length {} value {:#x}", target, op.offset_bytes,
                         op.length_bytes, op.value);
    case OpKind::read_into_view:
    case OpKind::write_from_view:
      return fmt::format("{} offset {} length {} by view {} offset {}", target, op.offset_bytes,
                         op.length_bytes, op.view, op.value);
    case OpKind::truncate:
      return fmt::format("{} to {}", target, op.offset_bytes);
    case OpKind::map:
      return fmt::format("{} as view {} pgoff {} pages {}", target, op.view,
                         op.offset_bytes / page_bytes, op.length_bytes / page_bytes);
    case OpKind::load:
      return fmt::format("{} offset {}", target, op.offset_bytes);
    case OpKind::store:
      return fmt::format("{} offset {} value {:#x}", target, op.offset_bytes, op.value);
    case OpKind::prefault:
      return fmt::format("{} offset {} length {} for {}", target, op.offset_bytes, op.length_bytes,
                         op.value != 0 ? "stores" : "loads");
  }
  return target;
}

std::string to_text(const History& history) {
  std::string text = fmt::format("history of seed {}:\n", history.seed);
  for (size_t i = 0; i < history.ops.size(); ++i) {
    text += fmt::format("  {:2} {}\n", i, to_text(history.ops[i]));
  }
  return text;
}

}  // namespace daxlab
