// Best fit: of the free extents that are long enough the shortest, and of those the first at or
// after the goal. Every free extent stands in two trees, by place and by size.
//
// Cost: each call takes one lock and some steps down trees of all free extents, O(log n); the trees
// are treaps, so that no order of calls makes them deep. Fragmentation: long extents are spared,
// and what is freed merges with its neighbours; what is left over of each fit is small, and stays
// until a neighbour goes. Alignment: honoured by extents of a good size, if the first few or one
// that is surely long enough can. Memory: 32 bytes for each free extent, as they come; addresses
// for as many as there can be, 16 bytes for each block. Signal-safe.
#include <algorithm>
#include <cstdint>

#include "daxlab/alloc.h"
#include "plugins/alloc/lock_guard.h"

namespace daxlab {
namespace {

// Nodes are spoken of by number; 0 is none.
struct Links {
  uint32_t left = 0, right = 0;
};
enum Tree : uint32_t { by_place, by_size };
struct Node {
  uint64_t block = 0;
  uint64_t blocks = 0;
  Links links[2];
  uint64_t end() const { return block + blocks; }
};

class FreeExtents {
 public:
  // Room for every second block to be free alone. False: the host has no memory.
  bool init(Host& host, Geometry geometry) {
    const uint64_t most = (geometry.end_block - geometry.first_block) / 2 + 1;
    if (most >= UINT32_MAX) return false;
    nodes_ = static_cast<Node*>(host.arena((most + 1) * sizeof(Node)));
    return nodes_ != nullptr;
  }

  void insert(Extent extent) {
    const uint32_t node = take_node();
    nodes_[node] = {.block = extent.block, .blocks = extent.blocks, .links = {}};
    enter(by_place, node);
    enter(by_size, node);
  }
  void erase(uint32_t node) {
    leave(by_place, node);
    leave(by_size, node);
    nodes_[node].links[by_place].left = spare_;
    spare_ = node;
  }

  const Node& at(uint32_t node) const { return nodes_[node]; }
  // The last extent that begins at the block or before.
  uint32_t at_or_before(uint64_t block) const;
  // The first of all that come at or after (blocks, block) in the order of size and place.
  uint32_t at_least(uint64_t blocks, uint64_t block) const;
  uint32_t longest() const;

 private:
  uint32_t take_node() {
    if (spare_ == 0) return ++used_;
    const uint32_t node = spare_;
    spare_ = nodes_[node].links[by_place].left;
    return node;
  }
  // As good as random, and the same in every run.
  static uint32_t priority(uint32_t node) {
    node = (node ^ (node >> 16)) * 0x45d9f3b;
    node = (node ^ (node >> 16)) * 0x45d9f3b;
    return node ^ (node >> 16);
  }
  bool less(Tree tree, uint32_t a, uint32_t b) const {
    const Node &x = nodes_[a], &y = nodes_[b];
    if (tree == by_size && x.blocks != y.blocks) return x.blocks < y.blocks;
    return x.block < y.block;
  }
  void enter(Tree tree, uint32_t node);
  void leave(Tree tree, uint32_t node);

  Node* nodes_ = nullptr;
  uint32_t roots_[2] = {};
  uint32_t used_ = 0;   // nodes that were ever taken: the first ones
  uint32_t spare_ = 0;  // those of them that are free, by their left link
};

// Down to where its priority puts it; what is below there is split into what comes before and
// after.
void FreeExtents::enter(Tree tree, uint32_t node) {
  uint32_t* link = &roots_[tree];
  while (*link != 0 && priority(*link) >= priority(node)) {
    Links& links = nodes_[*link].links[tree];
    link = less(tree, node, *link) ? &links.left : &links.right;
  }
  uint32_t below = *link;
  *link = node;
  uint32_t* before = &nodes_[node].links[tree].left;
  uint32_t* after = &nodes_[node].links[tree].right;
  while (below != 0) {
    Links& links = nodes_[below].links[tree];
    if (less(tree, below, node)) {
      *before = below;
      before = &links.right;
      below = links.right;
    } else {
      *after = below;
      after = &links.left;
      below = links.left;
    }
  }
  *before = *after = 0;
}

void FreeExtents::leave(Tree tree, uint32_t node) {
  uint32_t* link = &roots_[tree];
  while (*link != node) {
    Links& links = nodes_[*link].links[tree];
    link = less(tree, node, *link) ? &links.left : &links.right;
  }
  auto [left, right] = nodes_[node].links[tree];
  while (left != 0 && right != 0) {
    if (priority(left) > priority(right)) {
      *link = left;
      link = &nodes_[left].links[tree].right;
      left = *link;
    } else {
      *link = right;
      link = &nodes_[right].links[tree].left;
      right = *link;
    }
  }
  *link = left != 0 ? left : right;
}

uint32_t FreeExtents::at_or_before(uint64_t block) const {
  uint32_t found = 0;
  for (uint32_t node = roots_[by_place]; node != 0;) {
    const bool fits = nodes_[node].block <= block;
    if (fits) found = node;
    node = fits ? nodes_[node].links[by_place].right : nodes_[node].links[by_place].left;
  }
  return found;
}

uint32_t FreeExtents::at_least(uint64_t blocks, uint64_t block) const {
  uint32_t found = 0;
  for (uint32_t node = roots_[by_size]; node != 0;) {
    const Node& here = nodes_[node];
    const bool fits = here.blocks > blocks || (here.blocks == blocks && here.block >= block);
    if (fits) found = node;
    node = fits ? here.links[by_size].left : here.links[by_size].right;
  }
  return found;
}

uint32_t FreeExtents::longest() const {
  uint32_t node = roots_[by_size];
  while (node != 0 && nodes_[node].links[by_size].right != 0) {
    node = nodes_[node].links[by_size].right;
  }
  return node;
}

class ExtentTree final : public Allocator {
 public:
  ExtentTree(Host& host, const OptionValues&) : host_(host) {}

  Status init(Geometry geometry) noexcept override;
  Status mark_used(Extent extent) noexcept override;
  Result<Extent> allocate(const AllocationRequest& request) noexcept override;
  void free(Extent extent) noexcept override;
  FreeSpace free_space() const noexcept override;

 private:
  // All of these: a hole when there is none.
  Extent at_goal(const AllocationRequest& request) const;
  Extent aligned(const AllocationRequest& request) const;
  Extent best_fit(const AllocationRequest& request) const;
  // Out of the free extent in which it lies.
  void take(Extent extent);

  Host& host_;
  mutable uint32_t lock_ = 0;
  FreeExtents free_;
  uint64_t free_blocks_ = 0;
};

constexpr uint64_t round_up(uint64_t block, uint64_t alignment_blocks) {
  return (block + alignment_blocks - 1) / alignment_blocks * alignment_blocks;
}

Status ExtentTree::init(Geometry geometry) noexcept {
  if (!free_.init(host_, geometry)) return ErrorCode::no_memory;
  free_blocks_ = geometry.end_block - geometry.first_block;
  free_.insert({geometry.first_block, free_blocks_});
  return {};
}

Status ExtentTree::mark_used(Extent extent) noexcept {
  LockGuard guard(host_, lock_);
  take(extent);
  return {};
}

void ExtentTree::take(Extent extent) {
  const uint32_t node = free_.at_or_before(extent.block);
  const Node whole = free_.at(node);
  free_.erase(node);
  if (whole.block < extent.block) free_.insert({whole.block, extent.block - whole.block});
  if (extent.end() < whole.end()) free_.insert({extent.end(), whole.end() - extent.end()});
  free_blocks_ -= extent.blocks;
}

// What goes on where the last extent ended needs no mapping of its own, however short it is.
Extent ExtentTree::at_goal(const AllocationRequest& request) const {
  if (request.goal_block % request.alignment_blocks != 0) return {};
  const uint32_t node = free_.at_or_before(request.goal_block);
  if (node == 0 || free_.at(node).end() <= request.goal_block) return {};
  const uint64_t blocks = std::min(request.max_blocks, free_.at(node).end() - request.goal_block);
  const uint64_t least = request.alignment_blocks > 1 ? request.max_blocks : request.min_blocks;
  return blocks >= least ? Extent{request.goal_block, blocks} : Extent{};
}

Extent ExtentTree::aligned(const AllocationRequest& request) const {
  constexpr int tries = 16;
  const uint64_t blocks = request.max_blocks;
  uint32_t node = free_.at_least(blocks, 0);
  for (int i = 0; i < tries && node != 0; ++i) {
    const uint64_t start = round_up(free_.at(node).block, request.alignment_blocks);
    if (start + blocks <= free_.at(node).end()) return {start, blocks};
    node = free_.at_least(free_.at(node).blocks, free_.at(node).block + 1);
  }
  if (request.alignment_blocks > UINT64_MAX - blocks) return {};
  node = free_.at_least(blocks + request.alignment_blocks - 1, 0);
  return node == 0 ? Extent{}
                   : Extent{round_up(free_.at(node).block, request.alignment_blocks), blocks};
}

Extent ExtentTree::best_fit(const AllocationRequest& request) const {
  uint32_t node = free_.at_least(request.max_blocks, 0);
  if (node == 0) {
    const Node& longest = free_.at(free_.longest());
    return longest.blocks >= request.min_blocks ? Extent{longest.block, longest.blocks} : Extent{};
  }
  const uint64_t blocks = free_.at(node).blocks;
  const uint32_t after_goal = free_.at_least(blocks, request.goal_block);
  if (after_goal != 0 && free_.at(after_goal).blocks == blocks) node = after_goal;
  return {free_.at(node).block, request.max_blocks};
}

Result<Extent> ExtentTree::allocate(const AllocationRequest& request) noexcept {
  LockGuard guard(host_, lock_);
  if (free_blocks_ < request.min_blocks) return ErrorCode::no_space;
  Extent found = at_goal(request);
  if (found.is_hole() && request.alignment_blocks > 1) found = aligned(request);
  if (found.is_hole()) found = best_fit(request);
  if (found.is_hole()) return ErrorCode::no_space;
  take(found);
  return found;
}

void ExtentTree::free(Extent extent) noexcept {
  LockGuard guard(host_, lock_);
  free_blocks_ += extent.blocks;
  const uint32_t before = free_.at_or_before(extent.block);
  if (before != 0 && free_.at(before).end() == extent.block) {
    extent = {free_.at(before).block, free_.at(before).blocks + extent.blocks};
    free_.erase(before);
  }
  const uint32_t after = free_.at_or_before(extent.end());
  if (after != 0 && free_.at(after).block == extent.end()) {
    extent.blocks += free_.at(after).blocks;
    free_.erase(after);
  }
  free_.insert(extent);
}

FreeSpace ExtentTree::free_space() const noexcept {
  LockGuard guard(host_, lock_);
  return {free_blocks_, free_.at(free_.longest()).blocks};
}

}  // namespace
}  // namespace daxlab

DAXLAB_ALLOC_PLUGIN(extent_tree, daxlab::ExtentTree,
                    "best fit: the shortest free extent that is long enough", daxlab::no_options,
                    daxlab::PluginFlags::signal_safe);
