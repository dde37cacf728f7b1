#include "harness/fuzz/region_image_mutator.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "core/region/checked_word.h"
#include "core/region/layout.h"
#include "harness/fuzz/region_image.h"
#include "harness/fuzz/region_image_seals.h"
#include "harness/histories/random.h"

namespace daxlab {
namespace {

class ImageMutator {
 public:
  ImageMutator(RegionImage& image, uint64_t seed) : image_(image), random_(seed) {}

  void change() {
    switch (random_.below(14)) {
      case 0:
        return change_size();
      case 1:
        return change_root();
      case 2:
      case 3:
      case 4:
        return change_entry();
      case 5:
        return copy_entry();
      case 6:
        return copy_block();
      case 7:
        std::memset(any_block(), 0, block_bytes);
        return;
      case 8:
        return change_name();
      case 9:
        return copy_inode();
      case 10:  // few of these lead any further
        return random_.percent(30) ? change_superblock() : change_entry();
      case 11:
        return write_log();
      case 12:
        return flip_bit();
      case 13:
        return resize();
    }
  }

  // Each seal most of the time: an image in which nothing is wrong but one checksum matters too.
  void repair() {
    ImageSeals seals(image_);
    if (random_.percent(80)) seals.seal_names();
    if (random_.percent(80)) seals.seal_words();
    if (random_.percent(70)) seals.seal_log();
    if (random_.percent(90)) seals.seal_superblocks();
    if (random_.percent(20)) seals.copy_superblock();
  }

 private:
  // A word with its check right, most of the time.
  void set(uint64_t& word, uint64_t value) {
    word = random_.percent(90) ? seal(value & max_checked_value) : value;
  }

  // One random choice after the other: as arguments of one call they would come in each compiler's
  // own order.
  void change_size() {
    uint64_t& word = inode().size_bytes;
    set(word, size());
  }
  void change_root() {
    uint64_t& word = inode().map_root;
    const uint64_t root = block() << map_height_bits;
    set(word, root | random_.below(6));
  }
  void change_entry() {
    uint64_t& word = entry();
    set(word, random_.percent(20) ? 0 : block());
  }
  void copy_entry() {
    const uint64_t from = entry();
    entry() = from;
  }
  void copy_inode() {
    const Inode from = inode();
    inode() = from;
  }
  void copy_block() {
    const uint64_t* from = any_block();
    std::memmove(any_block(), from, block_bytes);
  }

  uint64_t block() {
    const uint64_t blocks = image_.blocks();
    if (random_.percent(70)) return random_.below(blocks);
    return random_.one_of({0, 1, 3, 4, 5, blocks - 2, blocks - 1, blocks, blocks + 1, 1u << 20,
                           max_checked_value >> map_height_bits, max_checked_value});
  }

  uint64_t size() {
    const uint64_t most = max_file_pages * page_bytes;
    if (random_.percent(50)) return random_.below(20 * page_bytes);
    return random_.one_of({0, 1, page_bytes - 1, page_bytes, map_fanout * page_bytes, most - 1,
                           most, most + 1, max_checked_value, random_.below(most)});
  }

  uint64_t* any_block() { return image_.words_of(random_.below(image_.blocks())); }

  // The first few inodes are those that small images use.
  Inode& inode() {
    std::span<Inode> inodes = ImageSeals(image_).inodes();
    const uint64_t most = random_.percent(90) ? 6 : inodes.size();
    return inodes[random_.below(std::min<uint64_t>(most, inodes.size()))];
  }

  // Of a node, if the image has one.
  uint64_t& entry() {
    const std::vector<uint64_t> nodes = ImageSeals(image_).nodes();
    uint64_t* words = nodes.empty() || random_.percent(10)
                          ? any_block()
                          : image_.words_of(nodes[random_.below(nodes.size())]);
    return words[random_.percent(60) ? random_.below(8) : random_.below(map_fanout)];
  }

  void change_name() {
    Inode& changed = inode();
    constexpr std::array names = {"a", "b", "", "a/b", "new", "x\ny"};
    std::memset(changed.name, 0, sizeof changed.name);
    std::strncpy(changed.name, names[random_.below(names.size())], max_name_bytes);
    if (random_.percent(10)) std::memset(changed.name, 'n', sizeof changed.name);
    if (random_.percent(10)) changed.name[40] = 'z';  // behind the name's end
    changed.name_checksum = random_.percent(25) ? 0 : 1;
  }

  void change_superblock() {
    Superblock& super = image_.superblock_at(random_.percent(90) ? 0 : image_.blocks() - 1);
    const uint64_t value =
        random_.percent(50)
            ? random_.below(image_.blocks() + 4)
            : random_.one_of({0, 1, 33, 4096, 1u << 20, UINT64_MAX, UINT64_MAX - 3});
    const std::array fields = {&super.features_compatible,
                               &super.features_read_only,
                               &super.features_incompatible,
                               &super.blocks,
                               &super.log_block,
                               &super.log_blocks,
                               &super.inode_table_block,
                               &super.inode_count,
                               &super.first_data_block,
                               &super.end_data_block,
                               &super.magic};
    const uint64_t chosen = random_.below(fields.size() + 2);
    if (chosen < fields.size()) {
      *fields[chosen] = value;
    } else if (chosen == fields.size()) {
      super.version = static_cast<uint32_t>(value);
    } else {
      super.block_bytes = static_cast<uint32_t>(value);
    }
  }

  // A record of a few words for places that matter, or that must not be written.
  void write_log() {
    LogHeader& header = ImageSeals(image_).log();
    auto* words = reinterpret_cast<LogWord*>(&header + 1);
    header.commit = 1;
    header.words = random_.percent(90)
                       ? random_.between(0, 4)
                       : random_.one_of({max_log_words, max_log_words + 1, UINT64_MAX});
    for (uint64_t i = 0; i < std::min<uint64_t>(header.words, 4); ++i) {
      const uint64_t* target = random_.percent(50) ? &entry() : &inode().size_bytes;
      words[i].offset_bytes =
          static_cast<uint64_t>(reinterpret_cast<const std::byte*>(target) - image_.bytes().data());
      if (random_.percent(15)) words[i].offset_bytes = random_.next() >> random_.below(64);
      set(words[i].value, random_.percent(50) ? block() : size());
    }
  }

  void flip_bit() {
    std::span<std::byte> bytes = image_.bytes();
    bytes[random_.below(bytes.size())] ^= std::byte{1} << random_.below(8);
  }

  void resize() {
    image_.resize(random_.between(min_region_bytes / block_bytes, max_image_bytes / block_bytes));
  }

  RegionImage& image_;
  Random random_;
};

}  // namespace

size_t mutate_region_image(uint8_t* data, size_t size, size_t max_size, uint64_t seed,
                           MutateBytes mutate_bytes) {
  Random random(seed);
  const bool plainly = random.percent(25);
  if (plainly) size = mutate_bytes(data, size, max_size);
  RegionImage image(std::as_bytes(std::span(data, size)));
  ImageMutator mutator(image, random.next());
  if (!plainly) {
    for (uint64_t changes = random.between(1, 4); changes > 0; --changes) mutator.change();
  }
  mutator.repair();
  std::span<const std::byte> input = image.input();
  input = input.first(std::min(input.size(), max_size));
  if (!input.empty()) std::memcpy(data, input.data(), input.size());
  return input.size();
}

}  // namespace daxlab
