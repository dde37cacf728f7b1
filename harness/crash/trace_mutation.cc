#include "harness/crash/trace_mutation.h"

#include <algorithm>
#include <utility>

namespace daxlab {
namespace {

bool is_mark(EventKind kind) { return kind == EventKind::op_begins || kind == EventKind::op_ends; }

bool is_store(EventKind kind) { return kind == EventKind::word || kind == EventKind::bytes; }

bool overlap(const PersistEvent& one, const PersistEvent& other) {
  return one.offset_bytes < other.offset_bytes + other.length_bytes &&
         other.offset_bytes < one.offset_bytes + one.length_bytes;
}

}  // namespace

const char* name_of(Mutation mutation) {
  switch (mutation) {
    case Mutation::drop:
      return "drop";
    case Mutation::twice:
      return "twice";
    case Mutation::delay:
      return "delay";
  }
  return "?";
}

const char* name_of(EventKind kind) {
  switch (kind) {
    case EventKind::word:
      return "word";
    case EventKind::bytes:
      return "bytes";
    case EventKind::flush:
      return "flush";
    case EventKind::fence:
      return "fence";
    case EventKind::op_begins:
      return "op_begins";
    case EventKind::op_ends:
      return "op_ends";
  }
  return "?";
}

PersistTrace mutated(const PersistTrace& trace, uint64_t event, Mutation mutation) {
  PersistTrace changed = trace;
  std::vector<PersistEvent>& events = changed.events;
  const auto at = events.begin() + static_cast<ptrdiff_t>(event);
  if (is_mark(at->kind)) return changed;
  if (mutation == Mutation::drop) {
    events.erase(at);
  } else if (mutation == Mutation::twice) {
    const auto follows = std::find_if(at + 1, events.end(), [&](const PersistEvent& other) {
      return !is_store(at->kind) || (is_store(other.kind) && overlap(*at, other));
    });
    if (follows != events.end()) events.insert(follows + 1, PersistEvent(*at));
  } else if (at + 1 != events.end()) {
    std::iter_swap(at, at + 1);
  }
  return changed;
}

std::map<PersistSite, uint64_t> persist_sites(const PersistTrace& trace) {
  // By address first: texts are dear, and a source location is the same object each time.
  std::map<std::pair<const char*, std::pair<uint32_t, EventKind>>,
           std::pair<PersistEvent, uint64_t>>
      found;
  for (const PersistEvent& event : trace.events) {
    if (is_mark(event.kind)) continue;
    auto& [sample, count] = found[{event.where.file_name(), {event.where.line(), event.kind}}];
    sample = event;
    ++count;
  }
  std::map<PersistSite, uint64_t> sites;
  for (const auto& [key, sample] : found) {
    sites[{place_of(sample.first.where), sample.first.kind}] += sample.second;
  }
  return sites;
}

PersistTrace without(const PersistTrace& trace, const PersistSite& site) {
  PersistTrace changed = trace;
  std::erase_if(changed.events, [&](const PersistEvent& event) {
    return event.kind == site.kind && place_of(event.where) == site.place;
  });
  return changed;
}

}  // namespace daxlab
