// What core/include/daxlab/alloc.h promises to one thread.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/conformance/alloc_history.h"
#include "harness/conformance/alloc_parallel.h"
#include "harness/conformance/alloc_signal.h"
#include "harness/conformance/check.h"
#include "harness/conformance/instance_use.h"
#include "harness/conformance/promise_check.h"
#include "harness/histories/random.h"

namespace daxlab {
namespace {

using Found = std::optional<Finding>;

constexpr AllocationRequest one_block{0, 1, 1, 1};
// Small ones, those around a word of a bitmap and a 2 MiB run, and ends that are aligned to
// nothing.
constexpr Geometry usual{7, 1207};
constexpr Geometry geometries[] = {{1, 2},      {9, 10},   {1, 64},    {1, 65},
                                   {63, 129},   usual,     {511, 513}, {512, 1024},
                                   {513, 1536}, {3, 2500}, {100, 612}, {4095, 8193}};

// Runs `check` on a fresh instance for each geometry, until something is found.
template <class CheckOne>
Found each_geometry(const Subject& subject, CheckOne check_one) {
  for (const Geometry geometry : geometries) {
    AllocTrial trial(subject, geometry);
    check_one(trial);
    if (trial.failed()) return trial.finding();
  }
  return std::nullopt;
}

void shuffle(std::vector<Extent>& extents, uint64_t seed) {
  Random random(seed);
  for (size_t i = extents.size(); i > 1; --i) std::swap(extents[i - 1], extents[random.below(i)]);
}

// Takes everything, block by block, and gives back every other one.
std::vector<Extent> make_comb(AllocTrial& trial) {
  std::vector<Extent> held = take_all(trial, one_block);
  std::sort(held.begin(), held.end(), [](Extent a, Extent b) { return a.block < b.block; });
  std::vector<Extent> kept;
  for (size_t i = 0; i < held.size(); ++i) {
    if (i % 2 == 0) {
      trial.free(held[i]);
    } else {
      kept.push_back(held[i]);
    }
  }
  return kept;
}

Found begins_all_free(const Subject& subject) {
  return each_geometry(subject, [](AllocTrial& trial) {
    trial.check_free_space();
    const uint64_t blocks = trial.blocks_to_be_had();
    if (blocks > 0) trial.allocate({0, blocks, blocks, 1});
    trial.check_free_space();
  });
}

Found hands_out_every_block(const Subject& subject) {
  return each_geometry(subject, [](AllocTrial& trial) {
    for (int round = 0; round < 2; ++round) {
      const std::vector<Extent> held = take_all(trial, one_block);
      trial.expect_all_handed_out();
      trial.check_free_space();
      for (const Extent extent : held) trial.free(extent);
      trial.check_free_space();
    }
  });
}

Found keeps_between_min_and_max(const Subject& subject) {
  return each_geometry(subject, [](AllocTrial& trial) {
    constexpr std::array<std::pair<uint64_t, uint64_t>, 8> ranges = {
        {{1, 1}, {1, 7}, {3, 3}, {2, 600}, {64, 64}, {1, UINT64_MAX}, {65, 100}, {512, 512}}};
    for (const auto& [min_blocks, max_blocks] : ranges) {
      const auto held = take_all(trial, {0, min_blocks, max_blocks, 1});
      for (const Extent extent : held) trial.free(extent);
    }
    make_comb(trial);
    trial.allocate({0, 1, 9, 1});
    trial.allocate({0, 2, 9, 1});
  });
}

Found keeps_what_is_marked(const Subject& subject) {
  for (const Geometry geometry : geometries) {
    std::vector<Extent> marked;
    Random random(subject.seed());
    for (uint64_t block = geometry.first_block; block < geometry.end_block;) {
      const uint64_t blocks = std::min(random.between(1, 40), geometry.end_block - block);
      if (random.percent(50)) marked.push_back({block, blocks});
      block += blocks;
    }
    shuffle(marked, subject.seed());
    AllocTrial trial(subject, geometry, marked);
    trial.check_free_space();
    take_all(trial, {0, 1, 5, 1});
    trial.expect_all_handed_out();
    // Marked blocks may be freed like any other.
    for (const Extent extent : marked) trial.free(extent);
    trial.check_free_space();
    take_all(trial, one_block);
    if (trial.failed()) return trial.finding();
  }
  return std::nullopt;
}

Found finds_what_is_free(const Subject& subject) {
  return each_geometry(subject, [](AllocTrial& trial) {
    const std::vector<Extent> kept = make_comb(trial);
    // Runs of 1, 3, 5 ... blocks come to be; each longest one is asked for as a whole.
    uint64_t skip = 2;
    for (size_t i = 0; i < kept.size(); i += skip++) trial.free(kept[i]);
    trial.check_free_space();
    while (const uint64_t blocks = trial.blocks_to_be_had()) {
      const uint64_t too_many = trial.longest_free_run() + 1;
      trial.allocate({trial.geometry().end_block - 1, too_many, too_many, 1});
      if (!trial.allocate({trial.geometry().end_block - 1, blocks, blocks, 1})) break;
    }
  });
}

Found merges_what_is_freed(const Subject& subject) {
  return each_geometry(subject, [&](AllocTrial& trial) {
    std::vector<Extent> held = take_all(trial, one_block);
    shuffle(held, subject.seed());
    for (const Extent extent : held) trial.free(extent);
    trial.check_free_space();
    const uint64_t blocks = trial.blocks_to_be_had();
    if (blocks == 0) return;
    // In parts.
    if (const auto all = trial.allocate({0, blocks, blocks, 1})) {
      for (uint64_t part = 0; part < 3; ++part) {
        const uint64_t first = blocks * part / 3, end = blocks * (part + 1) / 3;
        if (first < end) trial.free({all->block + first, end - first});
        trial.check_free_space();
      }
    }
    // Several at once.
    held = take_all(trial, {0, 1, 3, 1});
    for (const Extent run : trial.runs_in_use()) trial.free(run);
    trial.check_free_space();
    if (const uint64_t again = trial.blocks_to_be_had()) trial.allocate({0, again, again, 1});
  });
}

Found takes_wishes_as_wishes(const Subject& subject) {
  return each_geometry(subject, [](AllocTrial& trial) {
    const Geometry all = trial.geometry();
    const uint64_t goals[] = {0,
                              1,
                              UINT64_MAX,
                              all.first_block,
                              all.end_block,
                              all.end_block - 1,
                              (all.first_block + all.end_block) / 2};
    for (const uint64_t goal : goals) {
      for (uint32_t shift = 0; shift < 64; shift += 7) {
        const auto extent = trial.allocate({goal, 1, 4, uint64_t{1} << shift});
        if (extent) trial.free(*extent);
        const uint64_t blocks = trial.blocks_to_be_had();
        if (blocks == 0) return;
        const auto most = trial.allocate({goal, blocks, blocks, uint64_t{1} << shift});
        if (most) trial.free(*most);
      }
      // Another one is held from here on, until hardly anything is left.
      trial.allocate({goal, 1, 1, 512});
    }
    trial.check_free_space();
  });
}

Found recovers_from_exhaustion(const Subject& subject) {
  return each_geometry(subject, [](AllocTrial& trial) {
    for (uint64_t round = 0; round < 5; ++round) {
      std::vector<Extent> held = take_all(trial, {0, 1, 1 + round * 50, 1});
      for (uint64_t i = 0; i < 3; ++i) trial.allocate({trial.geometry().first_block, 1, 8, 1});
      if (held.empty()) continue;
      const Extent hole = held.back();
      held.pop_back();
      trial.free(hole);  // a single hole is found again
      const bool is_single = trial.free_blocks() == hole.blocks;
      const auto again = trial.allocate({0, hole.blocks, hole.blocks, 1});
      trial.expect(!again || !is_single || *again == hole, "the only free blocks", "others");
      if (again) held.push_back(*again);
      for (const Extent extent : held) trial.free(extent);
      trial.check_free_space();
    }
    const uint64_t blocks = trial.free_blocks();
    trial.allocate({0, blocks + 1, UINT64_MAX, 1});
    trial.allocate({0, UINT64_MAX, UINT64_MAX, 1});
    trial.check_free_space();
  });
}

Found works_beyond_32_bits(const Subject& subject) {
  for (const uint64_t first : {(uint64_t{1} << 32) - 100, (uint64_t{1} << 33) + 7}) {
    AllocTrial trial(subject, {first, first + 700}, {{first + 90, 20}});
    trial.check_free_space();
    auto held = take_all(trial, {first + 300, 1, 3, 2});
    trial.expect_all_handed_out();
    shuffle(held, subject.seed());
    for (const Extent extent : held) trial.free(extent);
    trial.check_free_space();
    if (trial.failed()) return trial.finding();
  }
  return std::nullopt;
}

Found answers_like_the_model(const Subject& subject) {
  return check_alloc_histories(subject, subject.seed(), 300);
}

Found keeps_instances_apart(const Subject& subject) {
  auto first = std::make_unique<AllocTrial>(subject, usual);
  AllocTrial second(subject, {500, 900}, {{600, 50}});
  for (uint64_t i = 0; i < 100; ++i) {
    const auto extent = first->allocate({0, 1, 1 + i % 7, 1});
    second.allocate({0, 1, 1 + i % 3, 1});
    if (extent && i % 3 == 0) first->free(*extent);
    first->check_free_space();
    second.check_free_space();
  }
  if (first->failed()) return first->finding();
  first.reset();  // the other one goes on
  take_all(second, {0, 1, 9, 1});
  second.check_free_space();
  return second.finding();
}

Found gives_everything_back(const Subject& subject) {
  return check_use_of_cycles([&]() -> Found {
    AllocTrial trial(subject, usual, {{100, 10}, {300, 1}});
    make_comb(trial);
    return trial.finding();
  });
}

}  // namespace

std::vector<Check> alloc_checks() {
  return {
      {"begins_all_free", "After init everything in the geometry is free, as one run",
       begins_all_free},
      {"calls_nothing_unsafe_in_a_fault",
       "Declared signal_safe: allocate, free and free_space call neither malloc nor std::mutex",
       calls_nothing_unsafe_in_a_fault},
      {"hands_out_every_block",
       "Every block of the geometry but for those that are reserved is handed out, none twice",
       hands_out_every_block},
      {"keeps_between_min_and_max", "An extent has min_blocks to max_blocks blocks",
       keeps_between_min_and_max},
      {"keeps_what_is_marked", "What was marked used is not handed out before it is freed",
       keeps_what_is_marked},
      {"finds_what_is_free",
       "No no_space while min_blocks blocks in a row are free that would leave the reserve",
       finds_what_is_free},
      {"merges_what_is_freed",
       "Parts of an extent, or several at once, may be freed, and are one run with their "
       "neighbours",
       merges_what_is_freed},
      {"takes_wishes_as_wishes", "A goal or an alignment that cannot be had is no error",
       takes_wishes_as_wishes},
      {"recovers_from_exhaustion",
       "After no_space, what is freed is found again; more than all is no_space",
       recovers_from_exhaustion},
      {"works_beyond_32_bits", "Block numbers have 64 bits", works_beyond_32_bits},
      {"answers_like_the_model", "Random calls are answered, and counted, by what is free",
       answers_like_the_model},
      {"shares_between_threads", "Any threads at once never hold a block twice, and lose none",
       shares_between_threads},
      {"keeps_instances_apart", "Two instances at once know nothing of each other",
       keeps_instances_apart},
      {"gives_everything_back", "destroy gives back memory, descriptors and kernel mappings",
       gives_everything_back},
      {"no_run_breaks_a_promise",
       "Whatever turns threads take and whenever power is lost, every promise of daxlab check is "
       "kept",
       no_run_breaks_a_promise},
  };
}

}  // namespace daxlab
