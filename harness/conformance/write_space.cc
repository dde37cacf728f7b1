#include "harness/conformance/write_space.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/conformance/full_region.h"
#include "harness/conformance/write_trial.h"
#include "harness/histories/random.h"

namespace daxlab {
namespace {

using Found = std::optional<Finding>;

// So many blocks are free, and the write is so many pages longer.
struct SmallSpace {
  uint64_t free_blocks, offset_bytes, more_pages;
};
constexpr SmallSpace small_spaces[] = {{0, 2 * page_bytes, 5},       {0, 0, 9},
                                       {1, 2 * page_bytes, 1},       {3, 2 * page_bytes, 2},
                                       {3, 2 * page_bytes, 40},      {8, 2 * page_bytes, 1},
                                       {8, 2 * page_bytes + 100, 8}, {5, page_bytes - 3, 20},
                                       {20, 2 * page_bytes, 1},      {20, 4 * page_bytes, 7},
                                       {2, 30 * page_bytes + 1, 3}};

std::vector<SmallSpace> all_spaces(uint64_t seed) {
  std::vector<SmallSpace> all(std::begin(small_spaces), std::end(small_spaces));
  Random random(seed);
  for (int i = 0; i < 20; ++i) {
    all.push_back({random.below(30),
                   random.percent(50) ? 2 * page_bytes : random.below(40 * page_bytes),
                   random.between(1, 20)});
  }
  return all;
}

// The file, whose first two pages have blocks, and a filler that leaves so much space.
Found try_space(Lab& lab, const SmallSpace& space, Manner& manner) {
  auto created = lab.files().create("data");
  if (!created.ok()) return Finding{"create is ok", describe(created.code()), {}};
  const std::unique_ptr<File> file = created.take();
  const auto begun = file->write(0, numbered_bytes(2 * page_bytes, 1));
  if (!begun.ok()) return Finding{"write is ok", describe(begun.code()), {}};
  if (auto finding = fill_but(lab, space.free_blocks)) return finding;
  const uint64_t free_blocks = lab.files().space_use().free_blocks;
  const uint64_t length =
      std::min((free_blocks + space.more_pages) * page_bytes, file->max_write_bytes());
  const std::vector<std::byte> bytes = numbered_bytes(length, 100);
  return try_write(lab, *file,
                   {.what = fmt::format("a write of {} bytes at {} with {} free blocks", length,
                                        space.offset_bytes, free_blocks),
                    .offset_bytes = space.offset_bytes,
                    .from = bytes,
                    .there_bytes = length,
                    .refusal = ErrorCode::no_space},
                   manner);
}

// With whole pages of new space a strategy has the choice.
bool is_telling(const SmallSpace& space, Manner manner) {
  return space.free_blocks >= 3 && space.offset_bytes == 2 * page_bytes && manner != Manner::other;
}

Found try_all_spaces(Lab& lab, uint64_t seed) {
  Manner shown = Manner::other;
  for (const SmallSpace& space : all_spaces(seed)) {
    Manner manner = Manner::other;
    auto finding = try_space(lab, space, manner);
    static_cast<void>(lab.files().unlink("data"));  // settle() looks whether they went
    static_cast<void>(lab.files().unlink("filler"));
    if (finding) return finding;
    if (!is_telling(space, manner)) continue;
    if (shown != Manner::other && manner != shown) {
      const bool refused = manner == Manner::refused;
      return Finding{fmt::format("where not all fits, a write is {} as another was",
                                 refused ? "short" : "refused"),
                     refused ? "it was refused" : "it was short",
                     {}};
    }
    shown = manner;
  }
  return std::nullopt;
}

}  // namespace

Found no_space_is_consistent(const Subject& subject) {
  return on_each_lab_of(subject, uint64_t{1} << 20,
                        [&](Lab& lab) { return try_all_spaces(lab, subject.seed()); });
}

}  // namespace daxlab
