#include "harness/workloads/owned_words.h"

#include <fmt/format.h>

namespace daxlab {
namespace {

constexpr uint32_t most_versions = (uint32_t{1} << 31) - 1;

constexpr uint32_t version_in(uint64_t word) { return static_cast<uint32_t>(word); }

}  // namespace

Failure no_more_versions(const Place& place) {
  return failure_at(place, fmt::format("{} changes are all that can be told apart: choose a "
                                       "shorter runtime or larger blocks",
                                       most_versions));
}

uint32_t OwnedWords::next_version() {
  const uint32_t version = versions_.fetch_add(1, std::memory_order_relaxed) + 1;
  if (version <= most_versions && version != 0) return version;
  versions_.store(most_versions, std::memory_order_relaxed);
  return 0;
}

void OwnedWords::fill(uint64_t offset_bytes, uint32_t version, std::span<std::byte> into) const {
  for (uint64_t done = 0; done < into.size(); done += 8) {
    const uint64_t value = word(offset_bytes + done, version);
    std::memcpy(into.data() + done, &value, 8);
  }
}

void OwnedWords::set(ByteRange range, State state) {
  for (uint64_t i = range.offset_bytes / 8; i < range.end() / 8; ++i)
    states_[i].store(state, std::memory_order_release);
}

void OwnedWords::note(ByteRange range, std::vector<State>& before) const {
  before.resize(range.length_bytes / 8);
  for (uint64_t i = 0; i < before.size(); ++i) before[i] = note(range.offset_bytes + i * 8);
}

std::string OwnedWords::objection(uint64_t offset_bytes, State before, uint64_t seen) const {
  const bool was_zero = (before & 1) == 0;
  const uint32_t known = before >> 1, version = version_in(seen);
  const auto expected = [&] {
    if (known == 0) return std::string("zero or any version");
    return fmt::format("version {} or a later one", was_zero ? known + 1 : known);
  };
  if (seen == 0) {
    if (was_zero || zeros_ == Zeros::any_time) return {};
    return fmt::format("expected {}, seen 0x0", expected());
  }
  if (version == 0 || seen != word(offset_bytes, version))
    return fmt::format("expected {}, seen {:#x}, which nobody has written there", expected(), seen);
  if (version > versions_.load(std::memory_order_acquire))
    return fmt::format("expected {}, seen version {}, which is not written yet", expected(),
                       version);
  if (version < known || (was_zero && version == known))
    return fmt::format("expected {}, seen version {}", expected(), version);
  return {};
}

std::optional<Failure> OwnedWords::check(const Place& place, uint64_t offset_bytes,
                                         std::span<const State> before,
                                         std::span<const uint64_t> seen, std::string_view through) {
  for (uint64_t i = 0; i < seen.size(); ++i) {
    const uint64_t at = offset_bytes + i * 8;
    const std::string wrong = objection(at, before[i], seen[i]);
    if (!wrong.empty()) [[unlikely]]
      return Failure{fmt::format("{}: file '{}' offset {}: {} ({})", place.workload, place.file, at,
                                 wrong, through)};
    // A change that its owner is still about: whoever looks from now on must see it too. When the
    // state has changed meanwhile, somebody else has said so, or the owner is further.
    State expected = before[i];
    if (version_in(seen[i]) > before[i] >> 1)
      states_[at / 8].compare_exchange_strong(expected, version_in(seen[i]) << 1 | 1,
                                              std::memory_order_release);
  }
  return std::nullopt;
}

Content OwnedWords::content() const {
  return [this](uint64_t offset_bytes, std::span<std::byte> into) {
    for (uint64_t done = 0; done < into.size(); done += 8) {
      const uint64_t value = expected(offset_bytes + done);
      std::memcpy(into.data() + done, &value, std::min<uint64_t>(8, into.size() - done));
    }
  };
}

}  // namespace daxlab
