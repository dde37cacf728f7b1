#include "harness/histories/name_order.h"

#include <fmt/format.h>

#include <map>

#include "harness/histories/linearizability.h"

namespace daxlab {
namespace {

// A name is one word: past_end when it is not there, else what its make writes. Values leave the
// last bit to say that it is written.
constexpr uint64_t written = 1;
constexpr uint64_t absent_bit = uint64_t{1} << 63;  // is 0 when the name is there

struct NameOps {
  std::vector<WordOp> ops;
  std::vector<const Event*> events;
};

bool may_answer(const Event& event) {
  if (event.code == ErrorCode::ok || event.code == ErrorCode::no_space) return true;
  if (event.op.kind == SharedOpKind::make) return event.code == ErrorCode::exists && !event.entered;
  return event.code == ErrorCode::not_found && !event.entered;
}

std::string to_text(const Event& event) {
  std::string answer = describe(event.code);
  if (event.entered && event.count_bytes == 8) answer = fmt::format("saw {:#x}", event.words[0]);
  if (event.entered && event.count_bytes == 0) answer = "saw nothing";
  if (event.op.kind == SharedOpKind::unlink && event.code == ErrorCode::ok) answer = "is gone";
  return fmt::format(
      "[{:5}, {:5}] thread {} round {:2} {} n{}{}: {}", event.invoked, event.answered, event.thread,
      event.round, name_of(event.op.kind), event.op.file,
      event.op.kind == SharedOpKind::make ? fmt::format(" with {:#x}", event.op.value)
                                          : std::string(),
      answer);
}

// A make that was refused, and what it found.
WordOp met(uint64_t value, uint64_t mask) {
  WordOp look;
  look.is_read = true;
  look.value = value;
  look.mask = mask;
  return look;
}

std::vector<WordOp> made(const Event& event) {
  if (event.code == ErrorCode::exists) return {met(0, absent_bit)};
  if (!event.entered) return {};
  WordOp create;
  create.value = event.op.value;
  create.effect = Effect::outside_only;
  if (event.count_bytes == 0) return {create};
  WordOp write;
  write.value = event.op.value | written;
  write.effect = Effect::if_alike;
  write.mask = ~written;
  return {create, write};
}

std::vector<WordOp> visited(const Event& event) {
  if (event.code == ErrorCode::not_found) return {met(past_end, UINT64_MAX)};
  if (!event.entered) return {};
  if (event.count_bytes == 0 || event.words[0] == 0) return {met(0, written)};
  return {met(event.words[0], ~written)};
}

std::vector<WordOp> unlinked(const Event& event) {
  if (event.code == ErrorCode::not_found) return {met(past_end, UINT64_MAX)};
  if (event.code != ErrorCode::ok) return {};
  WordOp gone;
  gone.value = past_end;
  gone.effect = Effect::inside_only;
  return {gone};
}

void add(const Event& event, NameOps& name) {
  name.events.push_back(&event);
  std::vector<WordOp> ops = event.op.kind == SharedOpKind::make    ? made(event)
                            : event.op.kind == SharedOpKind::visit ? visited(event)
                                                                   : unlinked(event);
  for (WordOp& op : ops) {
    op.thread = event.thread;
    op.invoked = event.invoked;
    op.answered = event.answered;
    name.ops.push_back(op);
  }
}

}  // namespace

std::optional<std::string> judge_names(const std::vector<Event>& events) {
  std::map<uint32_t, NameOps> names;
  for (const Event& event : events) {
    if (!is_on_name(event.op.kind)) continue;
    if (!may_answer(event)) return to_text(event);
    const bool reads_own = event.op.kind == SharedOpKind::make && event.code == ErrorCode::ok;
    if (reads_own && (event.count_bytes != 8 || event.words[0] != event.op.value)) {
      return to_text(event) + ", of its own file";
    }
    add(event, names[event.op.file]);
  }
  for (const auto& [number, name] : names) {
    if (has_explaining_order(name.ops, past_end)) continue;
    std::string text = fmt::format(
        "no order explains what was seen of n{}, which was not there at first:", number);
    for (const Event* event : name.events) text += "\n  " + to_text(*event);
    return text + "\n";
  }
  return std::nullopt;
}

}  // namespace daxlab
