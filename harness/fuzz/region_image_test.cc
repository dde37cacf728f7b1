// The fuzzer's target, its corpus and its mutator, without the fuzzer: some thousand images from a
// seed.
#include "harness/fuzz/region_image.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "harness/fuzz/fuzz_runs_test.h"
#include "harness/fuzz/region_image_corpus.h"
#include "harness/fuzz/region_image_mutator.h"
#include "harness/fuzz/region_image_trial.h"
#include "harness/histories/random.h"

namespace daxlab {
namespace {

constexpr uint64_t mutated_images = 10000;
// Changes upon changes; then again from the corpus.
constexpr uint64_t image_generations = 8;

std::map<std::string, std::vector<std::byte>> corpus_in_tree() {
  std::map<std::string, std::vector<std::byte>> found;
  for (const auto& entry : std::filesystem::directory_iterator(DAXLAB_REGION_IMAGE_CORPUS)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    const auto bytes = std::as_bytes(std::span(text));
    found[entry.path().filename()] = {bytes.begin(), bytes.end()};
  }
  return found;
}

// In the fuzzer's place: a bit, a byte or a word somewhere becomes another.
uint64_t plain_mutations = 0;
size_t change_some_byte(uint8_t* data, size_t size, size_t max_size) {
  Random random(++plain_mutations);
  if (size < max_size && random.percent(10)) data[size++] = 1;
  if (size > 0) data[random.below(size)] ^= static_cast<uint8_t>(1 << random.below(8));
  return size;
}

TEST(RegionImageCorpus, IsWhatItsProgramWrites) {
  const auto in_tree = corpus_in_tree();
  for (const SeedImage& image : region_image_corpus()) {
    const auto found = in_tree.find(image.name);
    ASSERT_NE(found, in_tree.end()) << image.name << ": run region_image_corpus";
    EXPECT_TRUE(found->second == image.input) << image.name << ": run region_image_corpus";
  }
}

TEST(RegionImageCorpus, KeepsEveryPromise) {
  std::array<int, image_fates> fates{};
  for (const auto& [name, input] : corpus_in_tree()) {
    const ImageTrial trial = try_region_image(input);
    EXPECT_EQ(trial.broken_promise, std::nullopt) << name << ": " << *trial.broken_promise;
    ++fates[static_cast<size_t>(trial.fate)];
  }
  for (int images : fates) EXPECT_GT(images, 0);
}

TEST(RegionImageMutator, KeepsToItsRoomAndItsSeed) {
  const std::vector<SeedImage> corpus = region_image_corpus();
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const std::vector<std::byte>& input = corpus[seed % corpus.size()].input;
    const size_t max_size = input.size() + seed % 5000;
    std::array<std::vector<uint8_t>, 2> results;
    for (std::vector<uint8_t>& data : results) {
      plain_mutations = seed;
      data.resize(max_size + 1);  // ends in a guard
      if (!input.empty()) std::memcpy(data.data(), input.data(), input.size());
      data.back() = 0x5a;
      const size_t size =
          mutate_region_image(data.data(), input.size(), max_size, seed, change_some_byte);
      ASSERT_LE(size, max_size);
      EXPECT_EQ(data.back(), 0x5a);
      data.resize(size);
    }
    EXPECT_EQ(results[0], results[1]) << seed;
  }
}

// Whatever becomes of an image, each fate is met often: a mutator that only ever makes garbage
// would prove nothing.
TEST(RegionImages, MutatedOnesKeepEveryPromise) {
  const std::vector<SeedImage> corpus = region_image_corpus();
  std::array<uint64_t, image_fates> fates{};
  std::vector<uint8_t> data(max_image_bytes);
  size_t size = 0;
  for (uint64_t i = 0; i < mutated_images; ++i) {
    if (i % image_generations == 0) {
      const std::vector<std::byte>& input = corpus[i / image_generations % corpus.size()].input;
      size = input.size();
      if (size != 0) std::memcpy(data.data(), input.data(), size);
    }
    const uint64_t seed = first_seed() * mutated_images + i;
    plain_mutations = seed;
    size = mutate_region_image(data.data(), size, data.size(), seed, change_some_byte);
    const auto input = std::as_bytes(std::span(data)).first(size);
    const ImageTrial trial = try_region_image(input);
    ASSERT_EQ(trial.broken_promise, std::nullopt)
        << *trial.broken_promise << "\nthe image: " << kept(input, "broken_promise.image");
    ++fates[static_cast<size_t>(trial.fate)];
  }
  for (uint64_t images : fates) EXPECT_GT(images, mutated_images / 100);
  RecordProperty("refused", static_cast<int>(fates[0]));
  RecordProperty("recovered", static_cast<int>(fates[1]));
  RecordProperty("repaired", static_cast<int>(fates[2]));
  RecordProperty("left_alone", static_cast<int>(fates[3]));
}

}  // namespace
}  // namespace daxlab
