// A core that is wrong, made from a trace of the right one: without one flush, or with a fence too
// late. No special build is needed, as what a region holds after a crash depends on nothing but the
// trace.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/crash/persist_trace.h"

namespace daxlab {

enum class Mutation : uint32_t {
  drop,  // the event never happened
  // Once more, later: a store after the next one that touches a word of its own, and so with stale
  // bytes; a flush or fence after the event that follows, which makes things durable early, as they
  // may become at any time: harmless.
  twice,
  delay,  // after the event that follows it
};
const char* name_of(Mutation mutation);  // "drop", "twice", "delay"

// The trace with one of its events mutated; a mark stays as it is, and what has nothing to come
// after.
PersistTrace mutated(const PersistTrace& trace, uint64_t event, Mutation mutation);

// What a line of the sources does to a region: flush (copy and zero too flush what they store),
// fence, word (store_word), bytes (copy, zero).
struct PersistSite {
  std::string place;  // as by place_of
  EventKind kind = EventKind::flush;
  friend auto operator<=>(const PersistSite&, const PersistSite&) = default;
};
const char* name_of(EventKind kind);  // "flush", "fence", "word", "bytes"
// Each with the number of its events.
std::map<PersistSite, uint64_t> persist_sites(const PersistTrace& trace);
// As if the line did not do that. The trace has seen all stores.
PersistTrace without(const PersistTrace& trace, const PersistSite& site);

}  // namespace daxlab
