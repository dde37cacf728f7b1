// What was stored in one lab is there in the next one on the same file.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <functional>
#include <system_error>

#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

class Persistence : public testing::TestWithParam<std::string> {
 protected:
  Persistence() {
    std::string pattern = testing::TempDir() + "daxlab_persistence_XXXXXX";
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  ~Persistence() override {
    std::error_code ignored;  // what stays is in a folder for temporary files
    std::filesystem::remove_all(folder_, ignored);
  }
  std::unique_ptr<Lab> open(EngineKind engine, CreateRegion create) {
    return make_lab({.engine = engine,
                     .write = GetParam(),
                     .region_bytes = uint64_t{4} << 20,
                     .region_path = folder_ / "lab.pmem",
                     .create = create});
  }
  static uint64_t word_of(uint64_t page) { return 0x1000 + page; }

  std::filesystem::path folder_;
};

constexpr uint64_t kept_pages = 20;
constexpr uint64_t written_page = 3, stored_page = 7, cut_page = 12;

void fill(Lab& lab, const std::function<uint64_t(uint64_t)>& word_of) {
  auto file = lab.files().create("data").take();
  ASSERT_TRUE(file->truncate(kept_pages * page_bytes).ok());
  const uint64_t word = word_of(written_page);
  const auto bytes = std::as_bytes(std::span(&word, 1));
  ASSERT_EQ(file->write(written_page * page_bytes, bytes).value(), sizeof word);
  auto view = file->map({0, kept_pages}).take();
  ASSERT_TRUE(view->try_store(stored_page * page_bytes + 8, word_of(stored_page)).ok());
  ASSERT_TRUE(view->try_store(cut_page * page_bytes, word_of(cut_page)).ok());
  ASSERT_TRUE(file->sync().ok());
  ASSERT_TRUE(file->truncate(cut_page * page_bytes).ok());
  ASSERT_TRUE(lab.files().create("gone").ok());
  ASSERT_TRUE(lab.files().unlink("gone").ok());
}

void expect_there(Lab& lab, const std::function<uint64_t(uint64_t)>& word_of) {
  ASSERT_EQ(lab.file_names().value(), std::vector<std::string>{"data"});
  auto file = lab.files().open("data").take();
  ASSERT_EQ(file->size_bytes(), cut_page * page_bytes);
  auto view = file->map({0, cut_page}).take();
  for (uint64_t page = 0; page < cut_page; ++page) {
    uint64_t words[2] = {1, 1};
    ASSERT_EQ(file->read(page * page_bytes, std::as_writable_bytes(std::span(words))).value(), 16u);
    EXPECT_EQ(words[0], page == written_page ? word_of(page) : 0) << page;
    EXPECT_EQ(words[1], page == stored_page ? word_of(page) : 0) << page;
    EXPECT_EQ(view->try_load(page * page_bytes).value(), words[0]) << page;
    EXPECT_EQ(view->try_load(page * page_bytes + 8).value(), words[1]) << page;
  }
  // Cut pages come back as zeros, and blocks in use are not given out again.
  ASSERT_TRUE(file->truncate(kept_pages * page_bytes).ok());
  uint64_t word = 1;
  ASSERT_EQ(file->read(cut_page * page_bytes, std::as_writable_bytes(std::span(&word, 1))).value(),
            sizeof word);
  EXPECT_EQ(word, 0u);
  ASSERT_TRUE(file->preallocate({0, kept_pages * page_bytes}).ok());
  ASSERT_EQ(
      file->read(written_page * page_bytes, std::as_writable_bytes(std::span(&word, 1))).value(),
      sizeof word);
  EXPECT_EQ(word, word_of(written_page));
  const SpaceUse use = lab.files().space_use();
  EXPECT_EQ(use.used_blocks + use.free_blocks, use.total_blocks);
  EXPECT_EQ(lab.failure(), std::nullopt);
}

TEST_P(Persistence, FromEachEngineToEachEngine) {
  for (EngineKind first : {EngineKind::mmu, EngineKind::simulator}) {
    for (EngineKind second : {EngineKind::mmu, EngineKind::simulator}) {
      fill(*open(first, CreateRegion::always), word_of);
      auto lab = open(second, CreateRegion::never);
      expect_there(*lab, word_of);
    }
  }
}

TEST_P(Persistence, IsSaidForWhatItIs) {
  auto lab = open(EngineKind::mmu, CreateRegion::if_missing);
  EXPECT_TRUE(lab->facts().medium.starts_with("file (")) << lab->facts().medium;
  EXPECT_EQ(lab->facts().persistence_domain,
            "none (page cache; survives the process, not power loss)");
  EXPECT_EQ(make_lab({})->facts().medium, "memfd");
}

INSTANTIATE_TEST_SUITE_P(EachWriteStrategy, Persistence, testing::ValuesIn(write_variants()));

}  // namespace
}  // namespace daxlab
