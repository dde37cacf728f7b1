// What one thread does to files and views, as plain values: a history can be made from a seed,
// replayed on any file system, shortened and printed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "daxlab/types.h"

namespace daxlab {

// A history has this many places for an open file (named "f0", "f1", ...) and for views.
inline constexpr uint32_t history_files = 3;
inline constexpr uint32_t history_views = 6;
inline constexpr uint64_t history_file_pages = 64;
inline constexpr uint64_t history_file_bytes = history_file_pages * page_bytes;

enum class OpKind : uint32_t {
  create,  // when it succeeds, the new file takes the file's place and the old one is closed
  open,    // the same with a second opening of the name
  unlink,  // the name goes, the open file stays in its place
  read,    // offset, length
  write,   // offset, length; value chooses the bytes
  read_into_view,   // the same into a view's memory at `value`: a system call that takes faults
  write_from_view,  // offset, length; the bytes are in a view at `value`
  truncate,         // offset is the new size
  punch,            // offset, length
  preallocate,      // offset, length
  sync,
  map,        // offset, length: multiples of page_bytes; takes the view's place
  unmap,      //
  load,       // offset in the view, multiple of 8
  store,      // offset in the view, multiple of 8; value
  prefault,   // offset, length in the view; value 1: as stores
  view_sync,  // offset, length in the view
};

struct Op {
  OpKind kind = OpKind::sync;
  uint32_t file = 0;
  uint32_t view = 0;
  uint64_t offset_bytes = 0;
  uint64_t length_bytes = 0;
  uint64_t value = 0;
  friend bool operator==(const Op&, const Op&) = default;
};

struct History {
  uint64_t seed = 0;
  std::vector<Op> ops;
};

// All that a byte of it lies in.
PageRange pages_of(ByteRange bytes);

// "create" ... "view_sync"
const char* name_of(OpKind kind);
// Of an operation on a view alone: load, store, prefault, view_sync, unmap.
bool is_on_view(OpKind kind);
// "f0"
std::string file_name(uint32_t file);
// The bytes that a write with this value writes.
std::vector<std::byte> written_bytes(uint64_t value, uint64_t length_bytes);

// "write f1 offset 4090 length 30 value 0x2a"
std::string to_text(const Op& op);
// The seed, then one numbered operation a line.
std::string to_text(const History& history);

}  // namespace daxlab
