#include "harness/crash/trace_mutation.h"

#include <algorithm>
#include <utility>

namespace daxlab {
namespace {

bool is_mark(EventKind kind) { return kind == EventKind::op_begins || kind == EventKind::op_ends; }

bool is_store(EventKind kind) { return kind == EventKind::word || kind == EventKind::bytes; }

bool overlap(const TraceEvent& one, const TraceEvent& other) {
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

Trace mutated(const Trace& trace, uint64_t event, Mutation mutation) {
  Trace changed = trace;
  std::vector<TraceEvent>& events = changed.events;
  const auto at = events.begin() + static_cast<ptrdiff_t>(event);
  if (is_mark(at->kind)) return changed;
  if (mutation == Mutation::drop) {
    events.erase(at);
  } else if (mutation == Mutation::twice) {
    const auto follows = std::find_if(at + 1, events.end(), [&](const TraceEvent& other) {
      return !is_store(at->kind) || (is_store(other.kind) && overlap(*at, other));
    });
    if (follows != events.end()) events.insert(follows + 1, TraceEvent(*at));
  } else if (at + 1 != events.end()) {
    std::iter_swap(at, at + 1);
  }
  return changed;
}

std::map<PersistSite, uint64_t> persist_sites(const Trace& trace) {
  // By address first: texts are dear, and a source location is the same object each time.
  std::map<std::pair<const char*, std::pair<uint32_t, EventKind>>, std::pair<TraceEvent, uint64_t>>
      found;
  for (const TraceEvent& event : trace.events) {
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

Trace without(const Trace& trace, const PersistSite& site) {
  Trace changed = trace;
  std::erase_if(changed.events, [&](const TraceEvent& event) {
    return event.kind == site.kind && place_of(event.where) == site.place;
  });
  return changed;
}

}  // namespace daxlab
