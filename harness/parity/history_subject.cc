#include "harness/parity/history_subject.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <set>
#include <system_error>

#include "core/base/call_log.h"
#include "core/base/owned_descriptor.h"
#include "core/region/region_file.h"
#include "harness/histories/random_history.h"
#include "harness/histories/replay.h"
#include "harness/parity/expected_blocks.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

using Blocks = HoleRule::Blocks;
using Text = std::optional<std::string>;
namespace fs = std::filesystem;

constexpr const char* shipped_faults[] = {"page_zero", "global_zero", "native_zero",
                                          "alloc_on_read"};

CallLog& call_log() {
  static CallLog log;
  return log;
}

uint64_t data_blocks(Lab& lab) {
  const SpaceUse use = lab.files().space_use();
  return use.used_blocks - use.map_blocks;
}

// How many of these pages of a mapping have memory of a file behind them, which a zero page is not.
// By the kernel's word for it (bit 61 of /proc/self/pagemap), which needs no privilege.
ErrorOr<uint64_t> pages_with_memory(const View& view, const std::set<uint64_t>& pages) {
  constexpr uint64_t of_file_or_shared = uint64_t{1} << 61;
  const OwnedDescriptor pagemap(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
  const uint64_t first = reinterpret_cast<uint64_t>(view.raw()) / page_bytes;
  uint64_t count = 0;
  for (const uint64_t page : pages) {
    uint64_t entry = 0;
    const auto at = static_cast<off_t>((first + page) * sizeof entry);
    if (::pread(pagemap.number(), &entry, sizeof entry, at) != sizeof entry) {
      return Error{"/proc/self/pagemap cannot be read"};
    }
    count += (entry & of_file_or_shared) != 0 ? 1 : 0;
  }
  return count;
}

// What a history has left in one lab, compared with what it should have.
class Costs {
 public:
  Costs(Lab& lab, const HoleRule& rule, const ExpectedBlocks& expected)
      : lab_(lab), rule_(rule), expected_(expected) {}

  Text difference(const Model& model, const Replay& replay, uint64_t blocks_at_first) {
    if (auto found = total_difference(data_blocks(lab_) - blocks_at_first)) return found;
    for (uint32_t place = 0; place < history_files; ++place) {
      if (model.file(place) == nullptr) continue;
      const uint64_t pages = pages_of({0, model.file(place)->size_bytes()}).pages;
      const FileBlocks& blocks = *expected_.file(place);
      auto found = blocks_difference(*replay.file(place), blocks, pages);
      if (!found && pages > 0) found = holes_difference(*replay.file(place), blocks, pages);
      if (found) return fmt::format("at the end, f{}: {}", place, *found);
    }
    return std::nullopt;
  }

 private:
  Text total_difference(uint64_t seen) const {
    if (!rule_.counts_data) return std::nullopt;
    const uint64_t least = expected_.must_pages(), most = expected_.may_pages_with_loaded();
    if (seen >= least && seen <= most) return std::nullopt;
    return fmt::format("at the end: expected {} to {} blocks in all, seen {}", least, most, seen);
  }

  Text blocks_difference(File& file, const FileBlocks& blocks, uint64_t pages) const {
    const auto extents = file.extents();
    if (extents.code() == ErrorCode::unsupported) return std::nullopt;  // tmpfs: the sum must do
    if (!extents.ok()) return fmt::format("extents: {}", describe(extents.code()));
    std::set<uint64_t> seen;
    for (const FileExtent& extent : extents.value()) {
      for (uint64_t i = 0; i < extent.pages; ++i) seen.insert(extent.pgoff + i);
    }
    for (uint64_t page = 0; page < pages; ++page) {
      const bool is_there = seen.contains(page);
      if (!is_there && blocks.must.contains(page)) {
        return fmt::format("page {}: expected a block, seen a hole", page);
      }
      const bool may_be = blocks.may.contains(page) || rule_.blocks == Blocks::as_they_like ||
                          (rule_.blocks == Blocks::one_each && blocks.loaded.contains(page));
      if (is_there && !may_be) {
        return fmt::format("page {}: expected a hole, seen a block", page);
      }
    }
    return std::nullopt;
  }

  // Reads every hole through a new mapping.
  Text holes_difference(File& file, const FileBlocks& blocks, uint64_t pages) {
    std::set<uint64_t> holes;
    uint64_t unread = 0;
    for (uint64_t page = 0; page < pages; ++page) {
      if (blocks.may.contains(page)) continue;
      holes.insert(page);
      unread += blocks.loaded.contains(page) ? 0 : 1;
    }
    auto mapped = file.map({0, pages});
    if (!mapped.ok()) return fmt::format("map: {}", describe(mapped.code()));
    const std::unique_ptr<View> view = mapped.take();
    const uint64_t before = data_blocks(lab_);
    for (const uint64_t page : holes) {
      const Result<uint64_t> word = view->try_load(page * page_bytes);
      if (!word.ok()) return fmt::format("hole of page {}: {}", page, describe(word.code()));
      if (word.value() != 0) return fmt::format("hole of page {}: {:#x}", page, word.value());
    }
    const uint64_t added = data_blocks(lab_) - before;
    const uint64_t least = rule_.blocks == Blocks::one_each ? unread : 0;
    const uint64_t most = rule_.blocks == Blocks::none ? 0 : holes.size();
    if (added < least || added > most) {
      return fmt::format("reading {} holes: expected {} to {} more blocks, seen {}", holes.size(),
                         least, most, added);
    }
    const auto memory = pages_with_memory(*view, holes);
    if (!memory.ok()) return memory.error().message;
    const bool some = rule_.memory.value_or(memory.value() > 0);
    if (memory.value() == (some ? holes.size() : 0)) return std::nullopt;
    return fmt::format("reading {} holes: expected {} memory for each, seen {} pages of it",
                       holes.size(), some ? "some" : "no", memory.value());
  }

  Lab& lab_;
  const HoleRule& rule_;
  const ExpectedBlocks& expected_;
};

HoleRule rule_of_strategy(const std::string& fault) {
  if (fault == "alloc_on_read") return {.blocks = Blocks::one_each, .memory = true};
  return {.blocks = Blocks::none, .memory = fault == "page_zero"};
}

HoleRule rule_of_file_system(const std::string& type) {
  if (type.ends_with("-dax")) return {.counts_data = false};
  // What is read through a mapping is what tmpfs keeps; others preallocate, too.
  const bool is_tmpfs = type == "tmpfs";
  return {.blocks = is_tmpfs ? Blocks::one_each : Blocks::as_they_like,
          .memory = true,
          .counts_data = is_tmpfs};
}

}  // namespace

HistorySubject HistorySubject::of_pair(const std::string& fault, const std::string& write) {
  return of_pair(fault, write, rule_of_strategy(fault));
}

HistorySubject HistorySubject::of_pair(const std::string& fault, const std::string& write,
                                       HoleRule rule) {
  return {fault + "/" + write, rule, make_lab({.fault = fault, .write = write})};
}

ErrorOr<HistorySubject> HistorySubject::of_region(const std::string& fault,
                                                  const std::string& write, const fs::path& path) {
  // Also a link: its name would go, and not what it leads to.
  if (fs::exists(fs::symlink_status(path))) {
    return Error{path.string() + ": something is there; give a path where nothing is"};
  }
  LabSpec spec = spec_of({.fault = fault, .write = write, .region_path = path.string()});
  {
    Counters counters;
    const auto made = create_region_file(spec.region_path, spec.region_bytes, false, counters);
    if (!made.ok()) return made.error();
    spec.medium = made.value()->medium().kind();
  }
  auto lab = Lab::assemble(spec, call_log());
  // Open, it needs no name; without one it goes however this process ends.
  std::error_code error;
  fs::remove(path, error);
  if (!lab.ok()) return lab.error();
  if (error) return Error{path.string() + ": " + error.message() + "; remove it"};
  HoleRule rule = rule_of_strategy(fault);
  if (fault == "alloc_on_read" && is_dax(spec.medium)) rule.memory = std::nullopt;
  const std::string medium = lab.value()->facts().medium;
  return HistorySubject(fmt::format("{}/{} over {}", fault, write, medium), rule, lab.take());
}

ErrorOr<HistorySubject> HistorySubject::of_folder(const fs::path& folder) {
  LabSpec spec = spec_of({.engine = EngineKind::baseline});
  spec.directory = folder.string();
  auto lab = Lab::assemble(spec, call_log());
  if (!lab.ok()) return lab.error();
  const std::string type = lab.value()->facts().medium;
  return HistorySubject(fmt::format("{} in {}", type, folder.string()), rule_of_file_system(type),
                        lab.take());
}

Text HistorySubject::difference(uint64_t seed, uint64_t operations) {
  const History history = random_history(seed, operations);
  const ExpectedBlocks expected(history);
  const uint64_t blocks_at_first = data_blocks(*lab_);
  auto found =
      find_difference(lab_->files(), history, [&](const Model& model, const Replay& replay) {
        return Costs(*lab_, rule_, expected).difference(model, replay, blocks_at_first);
      });
  return found ? found : lab_->failure();
}

std::vector<HistorySubject> all_pairs() {
  std::vector<HistorySubject> pairs;
  for (const char* fault : shipped_faults) {
    for (const std::string& write : write_variants()) {
      pairs.push_back(HistorySubject::of_pair(fault, write));
    }
  }
  return pairs;
}

ErrorOr<std::vector<HistorySubject>> pairs_over(const fs::path& region_path) {
  const std::vector<std::string> writes = write_variants();
  std::vector<HistorySubject> pairs;
  for (const char* fault : shipped_faults) {
    auto pair = HistorySubject::of_region(fault, writes[pairs.size() % writes.size()], region_path);
    if (!pair.ok()) return pair.error();
    pairs.push_back(pair.take());
  }
  return pairs;
}

}  // namespace daxlab
