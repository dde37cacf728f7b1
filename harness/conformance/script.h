// A history written by hand, in pages and words of one file and its views.
#pragma once

#include <cstdint>

#include "harness/histories/history.h"

namespace daxlab {

class Script {
 public:
  Script() { add({.kind = OpKind::create}); }

  Script& map(uint32_t view, uint64_t pgoff, uint64_t pages) {
    return add({.kind = OpKind::map,
                .view = view,
                .offset_bytes = pgoff * page_bytes,
                .length_bytes = pages * page_bytes});
  }
  Script& unmap(uint32_t view) { return add({.kind = OpKind::unmap, .view = view}); }
  // Offsets of loads and stores are in the view.
  Script& load(uint32_t view, uint64_t page, uint64_t byte = 0) {
    return add({.kind = OpKind::load, .view = view, .offset_bytes = page * page_bytes + byte});
  }
  Script& store(uint32_t view, uint64_t page, uint64_t byte = 0) {
    return add({.kind = OpKind::store,
                .view = view,
                .offset_bytes = page * page_bytes + byte,
                .value = ++value_});
  }
  Script& read(uint64_t offset_bytes, uint64_t length_bytes) {
    return add({.kind = OpKind::read, .offset_bytes = offset_bytes, .length_bytes = length_bytes});
  }
  Script& write(uint64_t offset_bytes, uint64_t length_bytes) {
    return add({.kind = OpKind::write,
                .offset_bytes = offset_bytes,
                .length_bytes = length_bytes,
                .value = ++value_});
  }
  // From and into a view's memory.
  Script& write_from(uint32_t view, uint64_t in_view, uint64_t offset_bytes,
                     uint64_t length_bytes) {
    return add({.kind = OpKind::write_from_view,
                .view = view,
                .offset_bytes = offset_bytes,
                .length_bytes = length_bytes,
                .value = in_view});
  }
  Script& read_into(uint32_t view, uint64_t in_view, uint64_t offset_bytes, uint64_t length_bytes) {
    return add({.kind = OpKind::read_into_view,
                .view = view,
                .offset_bytes = offset_bytes,
                .length_bytes = length_bytes,
                .value = in_view});
  }
  Script& truncate(uint64_t size_bytes) {
    return add({.kind = OpKind::truncate, .offset_bytes = size_bytes});
  }
  Script& punch(uint64_t offset_bytes, uint64_t length_bytes) {
    return add({.kind = OpKind::punch, .offset_bytes = offset_bytes, .length_bytes = length_bytes});
  }
  Script& prefault(uint32_t view, uint64_t page, uint64_t pages, bool for_stores) {
    return add({.kind = OpKind::prefault,
                .view = view,
                .offset_bytes = page * page_bytes,
                .length_bytes = pages * page_bytes,
                .value = for_stores ? 1u : 0u});
  }

  const History& history() const { return history_; }

 private:
  Script& add(const Op& op) {
    history_.ops.push_back(op);
    return *this;
  }
  History history_;
  uint64_t value_ = 0;
};

}  // namespace daxlab
