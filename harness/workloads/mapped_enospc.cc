#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "harness/workloads/checks.h"
#include "harness/workloads/each_workload.h"
#include "harness/workloads/space_checks.h"
#include "harness/workloads/space_filler.h"
#include "harness/workloads/stamp.h"
#include "harness/workloads/workers.h"

namespace daxlab {
namespace {

constexpr uint64_t pages_with_blocks = 8;  // stored to while there is space
constexpr uint64_t blocks_left = 128;      // when the stores into holes begin
// Far more holes than blocks left, even if a few more were kept back somewhere; and no 2 MiB, which
// the kernel's DAX would give to the first store as a whole.
constexpr uint64_t file_pages = 511;

class MappedEnospc {
 public:
  explicit MappedEnospc(WorkloadRun& run)
      : run_(run), stamp_(run.seed, 0, 1), has_word_(file_pages, false) {}

  std::optional<Failure> go();

 private:
  const char* name() const { return mapped_enospc_description.name; }
  uint64_t word_of(uint64_t page) const {
    return has_word_[page] ? stamp_.word(page * page_bytes) : 0;
  }
  View& view() { return *data_.views[0]; }

  std::optional<Failure> store_while_there_is_space();
  std::optional<Failure> read_some_holes();
  std::optional<Failure> store_into_holes(Worker& worker);
  std::optional<Failure> store(uint64_t page, Worker& worker, Status& status);
  std::optional<Failure> check_page(uint64_t page);
  std::optional<Failure> store_after_freeing(SpaceFiller& filler);
  Content content() const;
  std::optional<Failure> empty_region(const SpaceUse& initial);

  WorkloadRun& run_;
  const Stamp stamp_;
  MappedFile data_{{mapped_enospc_description.name, "data"}};
  std::vector<bool> has_word_;
  std::vector<uint64_t> refused_;  // pages whose store found no space
};

std::optional<Failure> MappedEnospc::store_while_there_is_space() {
  for (uint64_t page = 0; page < pages_with_blocks; ++page) {
    const Status status = view().try_store(page * page_bytes, stamp_.word(page * page_bytes));
    if (!status.ok())
      return failed_call(data_.place, fmt::format("store at offset {}", page * page_bytes), status);
    has_word_[page] = true;
  }
  return std::nullopt;
}

// Every second one, so that stores meet pages that are mapped and pages that are not. A strategy
// that gives blocks to reads may find none.
std::optional<Failure> MappedEnospc::read_some_holes() {
  for (uint64_t page = pages_with_blocks; page < file_pages; page += 2) {
    if (auto wrong = check_page(page)) return wrong;
  }
  return std::nullopt;
}

// One attempt, and what it left: the new word, or what was there.
std::optional<Failure> MappedEnospc::store(uint64_t page, Worker& worker, Status& status) {
  const uint64_t at = page * page_bytes;
  const uint64_t word = stamp_.word(at);
  worker.time([&] { status = view().try_store(at, word); });
  if (status.ok()) {
    has_word_[page] = true;
    worker.bytes_processed += 8;
  } else if (status.code() != ErrorCode::no_space) {
    return failed_call(data_.place, fmt::format("store at offset {}", at), status);
  }
  return check_page(page);
}

std::optional<Failure> MappedEnospc::check_page(uint64_t page) {
  const uint64_t at = page * page_bytes;
  const Result<uint64_t> seen = view().try_load(at);
  if (seen.ok() && seen.value() != word_of(page))
    return wrong_word(data_.place, at, word_of(page), seen.value(), through_mapping(0));
  const bool refused = seen.code() == ErrorCode::no_space && !has_word_[page];
  if (!seen.ok() && !refused)
    return failed_call(data_.place, fmt::format("load at offset {}", at), seen.status());
  return verify_read(*data_.file, data_.place, {at, page_bytes}, content());
}

std::optional<Failure> MappedEnospc::store_into_holes(Worker& worker) {
  for (uint64_t page = pages_with_blocks; page < file_pages; ++page) {
    Status status;
    if (auto failure = store(page, worker, status)) return failure;
    if (status.ok()) continue;
    refused_.push_back(page);
    // Who has been refused goes on: pages that have blocks take stores as before.
    Status other;
    if (auto failure = store(page % pages_with_blocks, worker, other)) return failure;
    if (!other.ok()) return failed_call(data_.place, "store to a page that has a block", other);
  }
  return std::nullopt;
}

std::optional<Failure> MappedEnospc::store_after_freeing(SpaceFiller& filler) {
  if (auto wrong = filler.verify()) return wrong;
  if (auto failure = filler.unlink()) return failure;
  Worker untimed;
  for (const uint64_t page : refused_) {
    Status status;
    if (auto failure = store(page, untimed, status)) return failure;
    if (!status.ok())
      return failed_call(data_.place,
                         fmt::format("store at offset {} after space was freed", page * page_bytes),
                         status);
  }
  return std::nullopt;
}

// The first word of each page that took a store, zeros elsewhere.
Content MappedEnospc::content() const {
  return [this](uint64_t offset_bytes, std::span<std::byte> into) {
    std::ranges::fill(into, std::byte{0});
    for (uint64_t at = 0; at < into.size(); at += page_bytes) {
      const uint64_t word = word_of((offset_bytes + at) / page_bytes);
      std::memcpy(into.data() + at, &word, sizeof word);
    }
  };
}

std::optional<Failure> MappedEnospc::empty_region(const SpaceUse& initial) {
  data_.views.clear();
  data_.file.reset();
  if (const Status status = run_.files.get().unlink(data_.place.file); !status.ok())
    return failed_call(data_.place, "unlink", status);
  const SpaceUse last = run_.files.get().space_use();
  if (auto wrong = check_accounting(name(), last, "after the last unlink")) return wrong;
  return check_same_space(name(), initial, last, "of the empty region");
}

std::optional<Failure> MappedEnospc::go() {
  const SpaceUse initial = run_.files.get().space_use();
  if (auto failure = data_.create(run_.files, file_pages, 1)) return failure;
  auto filler = SpaceFiller::make(run_, name());
  if (!filler.ok()) return refusal(filler.error());
  if (auto failure = store_while_there_is_space()) return failure;
  if (auto failure = filler.value().fill_but(blocks_left)) return failure;
  if (auto failure = read_some_holes()) return failure;
  auto failure =
      run_timed_workers(run_, 1, [&](Worker& worker) { return store_into_holes(worker); });
  run_.measure_memory();
  if (failure) return failure;
  run_.extra.emplace_back("refused_stores", static_cast<double>(refused_.size()));
  run_.extra.emplace_back("fitted_stores",
                          static_cast<double>(file_pages - pages_with_blocks - refused_.size()));
  if (refused_.empty())
    return failure_at(data_.place,
                      fmt::format("all {} stores into holes found a block; {} were left",
                                  file_pages - pages_with_blocks, blocks_left));
  if (refused_.size() == file_pages - pages_with_blocks)
    return failure_at(
        data_.place,
        fmt::format("no store into a hole found one of the {} blocks left", blocks_left));
  if (auto wrong =
          check_accounting(name(), run_.files.get().space_use(), "after the refused stores"))
    return wrong;
  // Through read() only: a load may need a block, with a strategy that gives them to reads.
  if (auto wrong = verify_read(*data_.file, data_.place, {0, file_pages * page_bytes}, content()))
    return wrong;
  if (auto wrong = store_after_freeing(filler.value())) return wrong;
  if (auto wrong = data_.verify({0, file_pages * page_bytes}, content())) return wrong;
  return empty_region(initial);
}

}  // namespace

const WorkloadDescription mapped_enospc_description{
    .name = "mapped_enospc",
    .summary = "what happens to a store into a hole when no block is left?",
    .options = no_options,
    .axes = axis_fault | axis_alloc,
    .fills_space = true};

std::optional<Failure> run_mapped_enospc(WorkloadRun& run) { return MappedEnospc(run).go(); }

}  // namespace daxlab
