#include "harness/judges/word_origins.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/base/sizes.h"
#include "harness/crash/garbage.h"

namespace daxlab {
namespace {

// Fewer bytes than that are somebody's by chance.
constexpr int telling_bits = 32;

bool matches(uint64_t a, uint64_t b, uint64_t mask) { return ((a ^ b) & mask) == 0; }

std::byte byte_at(std::span<const std::byte> bytes, uint64_t offset) {
  return offset < bytes.size() ? bytes[offset] : std::byte{0};
}

}  // namespace

WordOrigins::WordOrigins(const SequentialEvidence& evidence)
    : evidence_(evidence), model_(evidence.file_before) {
  if (!evidence.file_before) return;
  const FileBefore& before = *evidence.file_before;
  note_values(life_of(model_.named(before.file), before.file), {0, before.pages * page_bytes});
}

WordOrigins::Life& WordOrigins::life_of(const std::shared_ptr<ModelFile>& file, uint32_t place) {
  const std::string name = file_name(place);
  uint64_t number = 1;
  for (const auto& life : lives_) {
    if (life->file == file) return *life;
    if (life->name == name) ++number;
  }
  lives_.push_back(std::make_unique<Life>(Life{file, name, number, {}}));
  return *lives_.back();
}

WordOrigins::Life* WordOrigins::find_life(const ModelFile& file) const {
  const auto found = std::find_if(lives_.begin(), lives_.end(),
                                  [&](const auto& life) { return life->file.get() == &file; });
  return found == lives_.end() ? nullptr : found->get();
}

bool WordOrigins::Life::has_source(const Life& other) const {
  return std::find(sources.begin(), sources.end(), other.file.get()) != sources.end();
}

void WordOrigins::follow(const AnsweredOp& answered) {
  note_unwritten(answered);
  const std::optional<Op> op = as_it_happened(answered);
  if (!op || !model_.is_defined(*op)) return;
  if (op->kind == OpKind::truncate && model_.file(op->file) != nullptr) {
    note_release(life_of(model_.file(op->file), op->file),
                 {op->offset_bytes, UINT64_MAX - op->offset_bytes});
  }
  model_.apply(*op);
  note(*op);
}

void WordOrigins::note(const Op& op) {
  const bool by_view = op.kind == OpKind::read_into_view || op.kind == OpKind::write_from_view;
  const Model::ModelView& view = model_.view(op.view);
  Life* viewed = view.file == nullptr ? nullptr : find_life(*view.file);
  const uint64_t view_start = view.range.pgoff * page_bytes;
  if (op.kind == OpKind::store && viewed != nullptr) {
    note_values(*viewed, {view_start + op.offset_bytes, word_bytes});
  }
  if (is_on_view(op.kind) || model_.file(op.file) == nullptr || (by_view && viewed == nullptr)) {
    return;
  }
  Life& life = life_of(model_.file(op.file), op.file);
  const ByteRange range{op.offset_bytes, op.length_bytes};
  if (op.kind == OpKind::read_into_view) {
    note_values(*viewed, {view_start + op.value, op.length_bytes});
    viewed->sources.push_back(life.file.get());
  } else if (op.kind == OpKind::write_from_view) {
    life.sources.push_back(viewed->file.get());
  }
  if (op.kind == OpKind::write || op.kind == OpKind::write_from_view) {
    if (evidence_.atomic_writes) note_release(life, range);
    note_values(life, range);
  } else if (op.kind == OpKind::punch) {
    note_release(life, range);
  }
}

// What a write that failed or was short would have written is not there, but somebody else's it is
// not.
void WordOrigins::note_unwritten(const AnsweredOp& answered) {
  const Op& op = answered.op;
  const bool all =
      answered.seen.code == ErrorCode::ok && answered.seen.count_bytes >= op.length_bytes;
  if (op.kind != OpKind::write || all || model_.file(op.file) == nullptr) return;
  ModelFile whole = *model_.file(op.file);
  whole.write(op.offset_bytes, written_bytes(op.value, op.length_bytes));
  Life& life = life_of(model_.file(op.file), op.file);
  const uint64_t end = op.offset_bytes + op.length_bytes;
  for (uint64_t number = op.offset_bytes / word_bytes; number * word_bytes < end; ++number) {
    life.words[number].values.push_back(whole.word(number * word_bytes));
  }
}

void WordOrigins::note_values(Life& life, ByteRange range) {
  if (range.length_bytes == 0) return;
  for (uint64_t number = range.offset_bytes / word_bytes; number <= (range.end() - 1) / word_bytes;
       ++number) {
    life.words[number].values.push_back(life.file->word(number * word_bytes));
  }
}

void WordOrigins::note_release(Life& life, ByteRange range) {
  // Blocks go as a whole.
  const uint64_t first = range.offset_bytes / page_bytes;
  const uint64_t last = (std::max<uint64_t>(range.end(), 1) - 1) / page_bytes;
  for (auto& [number, past] : life.words) {
    const uint64_t page = number * word_bytes / page_bytes;
    if (page >= first && page <= last) past.released = true;
  }
}

// Each byte is 0 or was there once: something else is wrong, but nobody else's bytes are seen.
bool WordOrigins::is_made_of(const Past& past, const Word& word) {
  for (int shift = 0; shift < 64; shift += 8) {
    const uint64_t of_byte = uint64_t{0xff} << shift & word.mask;
    if ((word.value & of_byte) == 0) continue;
    const bool was_there = std::any_of(past.values.begin(), past.values.end(), [&](uint64_t value) {
      return matches(value, word.value, of_byte);
    });
    if (!was_there) return false;
  }
  return true;
}

bool WordOrigins::is_own(const Life* life, const Word& word) {
  if (life == nullptr) return false;
  const auto found = life->words.find(word.number);
  return found != life->words.end() && is_made_of(found->second, word);
}

std::optional<std::string> WordOrigins::origin_of(const Life* life, const Word& word) const {
  if (std::popcount(word.mask) < telling_bits) return std::nullopt;
  std::optional<std::string> origin;
  for (const auto& other : lives_) {
    const bool same = other.get() == life;
    for (const auto& [number, past] : other->words) {
      const bool has_been = std::any_of(past.values.begin(), past.values.end(), [&](uint64_t v) {
        return matches(v, word.value, word.mask);
      });
      // A page in the wrong place, of which only some bytes were written.
      const bool in_part =
          same && number % words_per_page == word.number % words_per_page && is_made_of(past, word);
      if (!has_been && !in_part) continue;
      const bool is_there = matches(other->file->word(number * word_bytes), word.value, word.mask);
      if (same && (is_there || !past.released)) return std::nullopt;  // only in the wrong place
      if (life != nullptr && life->has_source(*other)) return std::nullopt;
      origin = fmt::format("the bytes of {} offset {}{}", other->name, number * word_bytes,
                           same                 ? ", which were freed"
                           : other->number == 1 ? ""
                                                : fmt::format(", number {}", other->number));
    }
  }
  if (origin) return origin;
  if (evidence_.garbage_seed != 0) {
    const auto garbage =
        find_garbage(evidence_.garbage_seed, evidence_.garbage_blocks, word.value, word.mask);
    if (garbage) return fmt::format("what free block {} held before the run", garbage->block);
  }
  // Copied from a wrong place, anything may have come here.
  if (life != nullptr && !life->sources.empty()) return std::nullopt;
  return "bytes that nobody wrote there";
}

std::optional<WordOrigins::Foreign> WordOrigins::find_foreign(
    const ModelFile& file, uint64_t offset_bytes, std::span<const std::byte> expected,
    std::span<const std::byte> seen) const {
  const Life* life = find_life(file);
  const uint64_t end = offset_bytes + seen.size();
  for (uint64_t at = offset_bytes; at < end;) {
    const uint64_t number = at / word_bytes;
    const uint64_t next = std::min(end, (number + 1) * word_bytes);
    Word word{number, 0, 0};
    bool differs = false;
    for (; at < next; ++at) {
      const auto byte = static_cast<uint64_t>(seen[at - offset_bytes]);
      differs = differs || seen[at - offset_bytes] != byte_at(expected, at - offset_bytes);
      word.value |= byte << 8 * (at % word_bytes);
      word.mask |= uint64_t{0xff} << 8 * (at % word_bytes);
    }
    if (!differs || word.value == 0) continue;
    if (is_own(life, word)) continue;
    if (auto origin = origin_of(life, word)) {
      return Foreign{number * word_bytes, word.value, std::move(*origin)};
    }
  }
  return std::nullopt;
}

}  // namespace daxlab
