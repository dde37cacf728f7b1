#include "harness/fuzz/region_image_corpus.h"

#include <array>
#include <cassert>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>

#include "core/base/counters.h"
#include "core/region/block_map.h"
#include "core/region/checked_word.h"
#include "core/region/inode_table.h"
#include "core/region/redo_log.h"
#include "core/region/region.h"
#include "harness/fuzz/region_image.h"
#include "harness/fuzz/region_image_seals.h"

namespace daxlab {
namespace {

constexpr uint64_t small_blocks = min_region_bytes / block_bytes;

// A region under construction, by the core's own means; blocks are handed out in order.
class Builder final : public NodeSource {
 public:
  explicit Builder(uint64_t blocks = small_blocks) : image_({}) {
    image_.resize(blocks);
    auto region = Region::format(Medium::over(image_.bytes()), counters_);
    assert(region.ok());
    region_ = region.take();
    inodes_.emplace(*region_);
    next_block_ = region_->first_data_block();
  }

  Result<uint64_t> take_node() noexcept override {
    if (next_block_ == region_->end_data_block()) return ErrorCode::no_space;
    return next_block_++;
  }

  uint32_t add_file(const char* name, uint64_t size_bytes) {
    const uint32_t number = inodes_->create(name).value();
    inodes_->set_size(number, size_bytes);
    return number;
  }
  // Blocks with a few bytes in them.
  void add_pages(uint32_t number, uint64_t pgoff, uint64_t pages) {
    for (uint64_t i = 0; i < pages; ++i) {
      const uint64_t block = take_node().value();
      std::memcpy(region_->address_of(block), "data", 4);
      uint64_t published = 0;
      const Status status = map(number).publish(pgoff + i, {block, 1}, *this, &published);
      assert(status.ok());
      static_cast<void>(status);
    }
  }
  BlockMap map(uint32_t number) { return {*region_, inode(number)}; }
  Inode& inode(uint32_t number) { return region_->inodes()[number]; }
  InodeTable& inodes() { return *inodes_; }
  Region& region() { return *region_; }
  RegionImage& image() { return image_; }

 private:
  Counters counters_;
  RegionImage image_;
  std::unique_ptr<Region> region_;
  std::optional<InodeTable> inodes_;
  uint64_t next_block_ = 0;
};

void empty(Builder&) {}

void one_file(Builder& region) { region.add_pages(region.add_file("a", 3 * page_bytes), 0, 3); }

void several_files(Builder& region) {
  region.add_pages(region.add_file("a", 5000), 0, 2);
  region.add_file("hole", page_bytes * 1000);
  region.add_pages(region.add_file("sparse", page_bytes * 100), 40, 2);
}

// The trees of two levels and of four.
void high_maps(Builder& region) {
  region.add_pages(region.add_file("two", 1000 * page_bytes), 900, 1);
  const uint32_t four = region.add_file("four", max_file_pages * page_bytes);
  region.add_pages(four, max_file_pages - 1, 1);
}

void grown_map(Builder& region) {
  const uint32_t file = region.add_file("grown", 600 * page_bytes);
  region.add_pages(file, 0, 2);
  region.add_pages(file, 512, 1);
}

void past_end(Builder& region) { region.add_pages(region.add_file("cut", 1), 0, 3); }

void removed_file(Builder& region) {
  region.add_pages(region.add_file("removed", 2 * page_bytes), 0, 2);
  region.add_file("stays", 0);
  const auto removed = region.inodes().remove_name("removed");
  assert(removed.ok());
  static_cast<void>(removed);
}

// A record that counts, whose changes are not made yet: it was written, and the changes undone.
void committed_log(Builder& region) {
  const uint32_t file = region.add_file("logged", page_bytes);
  region.add_pages(file, 0, 1);
  const uint64_t fresh = region.take_node().value();
  LogHeader& header = region.region().log();
  const std::array words = {LogWord{.offset_bytes = 0, .value = BlockMap::entry_word(fresh)},
                            LogWord{.offset_bytes = 0, .value = seal(2 * page_bytes)}};
  auto* record = reinterpret_cast<LogWord*>(&header + 1);
  std::memcpy(record, words.data(), sizeof words);
  const auto offset_of = [&](const uint64_t* word) {
    return static_cast<uint64_t>(reinterpret_cast<const std::byte*>(word) -
                                 region.image().bytes().data());
  };
  record[0].offset_bytes = offset_of(region.map(file).entry_for(1, region).value());
  record[1].offset_bytes = offset_of(&region.inode(file).size_bytes);
  header.words = words.size();
  header.sequence = 1;
  header.commit = 1;
  ImageSeals(region.image()).seal_log();
}

void damaged_log(Builder& region) {
  committed_log(region);
  region.region().log().commit ^= 1;
}

void shared_block(Builder& region) {
  const uint32_t one = region.add_file("one", page_bytes);
  const uint32_t other = region.add_file("other", page_bytes);
  region.add_pages(one, 0, 1);
  region.add_pages(other, 0, 1);
  *region.map(other).entry_for(0, region).value() = seal(region.map(one).find(0));
}

void circular_map(Builder& region) {
  const uint32_t file = region.add_file("circle", 1000 * page_bytes);
  region.add_pages(file, 900, 1);
  const uint64_t root = value_of(region.inode(file).map_root) >> map_height_bits;
  region.region().words_of(root)[0] = seal(root);
}

void two_of_one_name(Builder& region) {
  region.add_pages(region.add_file("twin", page_bytes), 0, 1);
  const uint32_t second = region.add_file("other", 0);
  std::memcpy(region.inode(second).name, region.inode(0).name, sizeof Inode::name);
  region.inode(second).name_checksum = region.inode(0).name_checksum;
}

void damaged_words(Builder& region) {
  one_file(region);
  region.inode(0).size_bytes ^= uint64_t{1} << 60;
  *region.map(0).entry_for(1, region).value() ^= uint64_t{1} << 50;
  region.inode(0).name[0] ^= 1;
}

void no_room(Builder& region) {
  const uint32_t file = region.add_file("full", small_blocks * page_bytes);
  region.add_pages(file, 0, region.region().data_blocks() - 1);
}

void read_only(Builder& region) { region.region().superblock_at(0).features_read_only = 1; }

void too_new(Builder& region) { region.region().superblock_at(0).version = format_version + 1; }

enum class Copy { cut_off, whole, alone };

// A superblock has a random name for its region: here it is always the same one.
std::vector<std::byte> input_of(RegionImage& image, Copy copy) {
  Superblock& primary = image.superblock_at(0);
  Superblock& last = image.superblock_at(image.blocks() - 1);
  std::memset(primary.uuid, 0x11, sizeof primary.uuid);
  seal_superblock(primary);
  last = copy == Copy::cut_off ? Superblock{} : primary;
  if (copy == Copy::alone) primary = {};
  const std::span<const std::byte> input = image.input();
  return {input.begin(), input.end()};
}

struct Recipe {
  const char* name;
  std::function<void(Builder&)> build;
  Copy copy = Copy::cut_off;
  uint64_t blocks = small_blocks;
};

const std::vector<Recipe>& recipes() {
  static const std::vector<Recipe> all = {
      {"empty", empty},
      {"one_file", one_file},
      {"several_files", several_files, Copy::whole},
      {"high_maps", high_maps},
      {"grown_map", grown_map},
      {"past_end", past_end},
      {"removed_file", removed_file},
      {"committed_log", committed_log},
      {"committed_log_and_copy", committed_log, Copy::whole},
      {"damaged_log", damaged_log},
      {"shared_block", shared_block},
      {"circular_map", circular_map},
      {"two_of_one_name", two_of_one_name},
      {"damaged_words", damaged_words},
      {"no_room", no_room},
      {"read_only", read_only},
      {"too_new", too_new},
      {"copy_alone", one_file, Copy::alone},
      {"larger", several_files, Copy::cut_off, max_image_bytes / block_bytes},
  };
  return all;
}

}  // namespace

std::vector<SeedImage> region_image_corpus() {
  std::vector<SeedImage> images;
  for (const Recipe& recipe : recipes()) {
    Builder builder(recipe.blocks);
    recipe.build(builder);
    images.push_back({recipe.name, input_of(builder.image(), recipe.copy)});
  }
  // What is no region at all.
  images.push_back({"zeros", {}});
  images.push_back({"text", {std::byte{'t'}, std::byte{'e'}, std::byte{'x'}, std::byte{'t'}}});
  return images;
}

}  // namespace daxlab
