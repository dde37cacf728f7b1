#include "harness/conformance/alloc_parallel.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "harness/conformance/alloc_trial.h"
#include "harness/histories/random.h"

namespace daxlab {
namespace {

#ifdef NDEBUG
constexpr uint64_t steps_of_a_thread = 20'000;
#else
constexpr uint64_t steps_of_a_thread = 3'000;
#endif

// Who holds each block, as far as the threads know.
class Owners {
 public:
  Owners(CallLog& log, Allocator& allocator, Geometry geometry)
      : log_(log),
        allocator_(allocator),
        geometry_(geometry),
        held_(geometry.end_block - geometry.first_block) {}

  void run_thread(uint64_t seed) {
    Random random(seed);
    std::vector<Extent> held;
    const uint64_t most_held = random.between(1, 60);
    for (uint64_t step = 0; step < steps_of_a_thread && !stop_.load(); ++step) {
      if (step % 64 == 0) look_at_free_space();
      if (held.size() < most_held && random.percent(60)) {
        take(random, held);
      } else if (!held.empty()) {
        give(random, held);
      }
    }
    for (const Extent extent : held) give_back(extent);
  }

  std::optional<Finding> finding() {
    const std::lock_guard guard(mutex_);
    return finding_;
  }
  uint64_t blocks() const { return held_.size(); }
  FreeSpace free_space() {
    InPlugin in_plugin(log_, PluginCallback::alloc_free_space);
    return allocator_.free_space();
  }
  Result<Extent> allocate(const AllocationRequest& request) {
    InPlugin in_plugin(log_, PluginCallback::alloc_allocate);
    return allocator_.allocate(request);
  }
  // False: an answer that overlaps, or lies outside.
  bool claim(const AllocationRequest& request, Extent extent) {
    const bool sized = extent.blocks >= request.min_blocks && extent.blocks <= request.max_blocks;
    if (!sized || extent.block < geometry_.first_block || extent.block >= geometry_.end_block ||
        extent.blocks > geometry_.end_block - extent.block) {
      fail(fmt::format("{} to {} blocks inside blocks {} to {}", request.min_blocks,
                       request.max_blocks, geometry_.first_block, geometry_.end_block - 1),
           fmt::format("{} ({} blocks)", to_text(extent), extent.blocks));
      return false;
    }
    for (uint64_t block = extent.block; block < extent.end(); ++block) {
      if (held_[block - geometry_.first_block].exchange(1) == 0) continue;
      fail("blocks that nobody holds",
           fmt::format("{}, of which {} is in use", to_text(extent), block));
      return false;
    }
    return true;
  }

 private:
  void take(Random& random, std::vector<Extent>& held) {
    AllocationRequest request{0, 1, 1, 1};
    if (random.percent(30)) request.goal_block = random.between(0, geometry_.end_block);
    if (random.percent(20)) request.min_blocks = random.between(1, 8);
    if (random.percent(10)) request.alignment_blocks = 8;
    request.max_blocks = request.min_blocks + random.below(20);
    const Result<Extent> extent = allocate(request);
    if (extent.ok()) {
      if (claim(request, extent.value())) held.push_back(extent.value());
    } else if (extent.code() != ErrorCode::no_space) {
      fail("no_space, the only error that allocate may give", describe(extent.code()));
    }
  }

  void give(Random& random, std::vector<Extent>& held) {
    const size_t at = random.below(held.size());
    Extent extent = held[at];
    held[at] = held.back();
    held.pop_back();
    if (extent.blocks > 1 && random.percent(30)) {  // its front now, the rest later
      const uint64_t front = random.between(1, extent.blocks - 1);
      held.push_back({extent.block + front, extent.blocks - front});
      extent.blocks = front;
    }
    give_back(extent);
  }

  void give_back(Extent extent) {
    for (uint64_t block = extent.block; block < extent.end(); ++block) {
      held_[block - geometry_.first_block].store(0);
    }
    InPlugin in_plugin(log_, PluginCallback::alloc_free);
    allocator_.free(extent);
  }

  void look_at_free_space() {
    const FreeSpace said = free_space();
    if (std::max({said.free_blocks, said.largest_extent_blocks, said.reserved_blocks}) <=
        blocks()) {
      return;
    }
    fail(fmt::format("free_space of at most {} blocks", blocks()),
         fmt::format("{} free blocks, {} in a row, {} reserved", said.free_blocks,
                     said.largest_extent_blocks, said.reserved_blocks));
  }

  void fail(std::string expected, std::string seen) {
    const std::lock_guard guard(mutex_);
    if (!finding_) finding_ = {std::move(expected), std::move(seen), {}};
    stop_.store(true);
  }

  CallLog& log_;
  Allocator& allocator_;
  Geometry geometry_;
  std::vector<std::atomic<uint8_t>> held_;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::optional<Finding> finding_;
};

std::optional<Finding> check_the_end(Owners& owners, uint64_t reserved_after_init) {
  const FreeSpace said = owners.free_space();
  if (said.free_blocks != owners.blocks() || said.largest_extent_blocks != owners.blocks()) {
    return Finding{
        fmt::format("after all threads: {} blocks are free, as one run", owners.blocks()),
        fmt::format("{} free blocks, {} in a row", said.free_blocks, said.largest_extent_blocks),
        {}};
  }
  if (said.reserved_blocks > reserved_after_init) {
    return Finding{fmt::format("after all threads: {} blocks are reserved or fewer, as after init",
                               reserved_after_init),
                   fmt::format("{}: {} have not come back", said.reserved_blocks,
                               said.reserved_blocks - reserved_after_init),
                   {}};
  }
  uint64_t had = 0;
  for (const AllocationRequest request{0, 1, 1, 1};; ++had) {
    const Result<Extent> block = owners.allocate(request);
    if (!block.ok() || !owners.claim(request, block.value())) break;
  }
  if (auto finding = owners.finding()) return finding;
  const uint64_t left = owners.blocks() - had, reserved = owners.free_space().reserved_blocks;
  if (reserved > left) {
    return Finding{fmt::format("at most the {} free blocks are reserved", left),
                   fmt::format("free_space says {} reserved blocks", reserved),
                   {}};
  }
  if (left == reserved) return std::nullopt;
  const std::string but =
      reserved == 0 ? std::string() : fmt::format(" but {} reserved ones", reserved);
  return Finding{fmt::format("after all threads: all {} blocks{} can be had", owners.blocks(), but),
                 fmt::format("{} can", had),
                 {}};
}

std::optional<Finding> share(const Subject& subject, uint64_t threads, Geometry geometry) {
  std::optional<Finding> finding;
  const auto instance = make_allocator(subject, finding);
  if (instance == nullptr) return finding;
  Status status;
  {
    InPlugin in_plugin(subject.log(), PluginCallback::alloc_init);
    status = instance->strategy().init(geometry);
  }
  if (!status.ok()) return Finding{"init is ok", describe(status.code()), {}};
  Owners owners(subject.log(), instance->strategy(), geometry);
  const uint64_t reserved_after_init = owners.free_space().reserved_blocks;
  {
    std::vector<std::jthread> running;
    for (uint64_t thread = 0; thread < threads; ++thread) {
      running.emplace_back([&, thread] { owners.run_thread(subject.seed() * 64 + thread); });
    }
  }
  finding = owners.finding();
  if (!finding) finding = check_the_end(owners, reserved_after_init);
  if (const auto overrun = instance->arena_overrun()) {
    finding = Finding{arenas_expected, *overrun, {}, "arena overrun"};
  }
  if (finding) {
    finding->steps = {fmt::format("{} threads allocate and free at random in blocks {} to {}",
                                  threads, geometry.first_block, geometry.end_block - 1)};
  }
  return finding;
}

}  // namespace

// One with plenty of space, and one in which it runs out all the time.
std::optional<Finding> shares_between_threads(const Subject& subject) {
  if (auto finding = share(subject, 8, {3, 8195})) return finding;
  if (auto finding = share(subject, 4, {100, 200})) return finding;
  return share(subject, 70, {1, 5000});  // more threads than shards
}

}  // namespace daxlab
