// The keys of a config with what they mean, the ranges of its numbers and its words: the loader and
// the JSON Schema are made of these same tables.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/lab/lab.h"
#include "daxlab/options.h"
#include "harness/config/config.h"

namespace daxlab {

struct KeyDescription {
  const char* name;
  const char* help;  // editors show it
  // Its value is a word or a path, never a list, map, number or boolean.
  bool is_text = false;
};
using KeyTable = std::span<const KeyDescription>;

KeyTable top_keys();
KeyTable region_keys();
KeyTable matrix_keys();
KeyTable include_keys();           // of an included cell
KeyTable baseline_include_keys();  // of one with engine: baseline
KeyTable exclude_keys();
KeyTable workload_keys();  // besides `name` and the options of the workload

std::vector<std::string> names_of(KeyTable table);

// Of the key at the end of such a path from the root: {"region", "path"}, {"matrix", "include",
// "0", "path"}.
bool is_text_key(std::span<const std::string_view> path);

// Keys at the top that begin so are the user's own: a place for anchors.
inline constexpr std::string_view own_key_prefix = "x-";

struct NumberRange {
  OptionUnit unit;
  uint64_t minimum, maximum;
  uint64_t default_value;
};

inline constexpr uint64_t second_ns = 1'000'000'000;
inline constexpr uint64_t day_ns = 24 * 3600 * second_ns;

inline constexpr NumberRange seed_range{OptionUnit::none, 0, UINT64_MAX, 1};
inline constexpr NumberRange repetitions_range{OptionUnit::none, 1, 10'000, 1};
inline constexpr NumberRange time_limit_range{OptionUnit::nanoseconds, 1'000'000, day_ns,
                                              60 * second_ns};
inline constexpr NumberRange region_size_range{OptionUnit::bytes, uint64_t{64} << 10,
                                               uint64_t{1} << 40, uint64_t{64} << 20};
inline constexpr NumberRange threads_range{OptionUnit::none, 1, 64, 1};
inline constexpr NumberRange runtime_range{OptionUnit::nanoseconds, 1'000'000, day_ns, 0};
inline constexpr NumberRange ramp_range{OptionUnit::nanoseconds, 0, day_ns, 0};
inline constexpr NumberRange cpu_range{OptionUnit::none, 0, 1023, 0};
inline constexpr size_t most_cpus = 64;

inline constexpr EngineKind engines[] = {EngineKind::mmu, EngineKind::simulator,
                                         EngineKind::baseline};
inline constexpr IoKind io_kinds[] = {IoKind::buffered, IoKind::direct};
inline constexpr CreateRegion creations[] = {CreateRegion::never, CreateRegion::if_missing,
                                             CreateRegion::always};

template <class Kind, size_t n>
std::vector<std::string> words_of(const Kind (&kinds)[n]) {
  std::vector<std::string> words;
  for (Kind kind : kinds) words.emplace_back(name_of(kind));
  return words;
}

const std::vector<std::string>& order_words();        // random, listed
const std::vector<std::string>& userfaultfd_words();  // allowed, forbidden
const std::vector<std::string>& axis_words();         // fault, write, alloc: bit 0, 1, 2 of Axes

}  // namespace daxlab
