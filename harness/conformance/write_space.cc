#include "harness/conformance/write_space.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/conformance/full_region.h"
#include "harness/histories/random.h"

namespace daxlab {
namespace {

using Found = std::optional<Finding>;

enum class Manner { other, short_write, refused };

// One write of `length_bytes` at `offset_bytes` into a file that is `before`, with too little space
// for all of it.
Found write_without_space(Lab& lab, File& file, uint64_t offset_bytes, uint64_t length_bytes,
                          Manner& manner) {
  std::vector<std::byte> expected, after;
  if (auto finding = read_all(file, expected)) return finding;
  const uint64_t free_before = lab.files().space_use().free_blocks;
  const std::vector<std::byte> bytes = numbered_bytes(length_bytes, 100);
  const auto written = file.write(offset_bytes, bytes);
  const std::string what = fmt::format("a write of {} bytes at {} with {} free blocks",
                                       length_bytes, offset_bytes, free_before);
  if (!written.ok() && written.code() != ErrorCode::no_space) {
    return Finding{what + " is short, or no_space", describe(written.code()), {}};
  }
  const uint64_t done = written.ok() ? written.value() : 0;
  if (written.ok() && done == 0) return Finding{what + ": no_space if nothing is done", "0", {}};
  manner = !written.ok()         ? Manner::refused
           : done < length_bytes ? Manner::short_write
                                 : Manner::other;
  if (done > 0) {
    expected.resize(std::max<uint64_t>(expected.size(), offset_bytes + done));
    std::copy_n(bytes.begin(), done, expected.begin() + static_cast<ptrdiff_t>(offset_bytes));
  }
  if (auto finding = read_all(file, after)) return finding;
  if (after.size() != expected.size()) {
    return Finding{
        fmt::format("{}, which returned {}, leaves a size of {}", what, done, expected.size()),
        fmt::format("{}", after.size()),
        {}};
  }
  const auto [at, shown] = std::mismatch(expected.begin(), expected.end(), after.begin());
  if (at != expected.end()) {
    return Finding{fmt::format("{}, which returned {}: byte {} is {:#04x}", what, done,
                               at - expected.begin(), static_cast<unsigned>(*at)),
                   fmt::format("{:#04x}", static_cast<unsigned>(*shown)),
                   {}};
  }
  const uint64_t free_after = lab.files().space_use().free_blocks;
  if (done == 0 && free_after != free_before) {
    return Finding{
        what + ", which was refused, takes no block", fmt::format("{} are free", free_after), {}};
  }
  return std::nullopt;
}

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
  const uint64_t length =
      std::min((lab.files().space_use().free_blocks + space.more_pages) * page_bytes,
               file->max_write_bytes());
  return write_without_space(lab, *file, space.offset_bytes, length, manner);
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
