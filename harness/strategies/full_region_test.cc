// A region runs out of blocks, or of inodes.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "harness/strategies/refusals_test.h"

namespace daxlab {
namespace {

class FullRegion : public Refusals {
 protected:
  // Appends pages until there is no space for another.
  void fill(File& file) {
    for (;;) {
      auto written = file.write(file.size_bytes(), pattern(page_bytes, file.size_bytes()));
      if (written.code() == ErrorCode::no_space) return;
      ASSERT_TRUE(written.ok()) << describe(written.code());
      ASSERT_EQ(written.value(), page_bytes);
    }
  }
  // A file that leaves exactly `free_blocks`.
  std::unique_ptr<File> fill_but(uint64_t free_blocks) {
    std::unique_ptr<File> file = create("filler");
    fill(*file);
    uint64_t pgoff = 0;
    while (lab->files().space_use().free_blocks < free_blocks) {
      EXPECT_TRUE(file->punch({page_bytes * pgoff++, page_bytes}).ok());
    }
    EXPECT_EQ(lab->files().space_use().free_blocks, free_blocks);
    return file;
  }
};

TEST_P(FullRegion, NoFreeBlock) {
  std::unique_ptr<File> file = create("holes");
  ASSERT_TRUE(file->write(0, pattern(page_bytes, 1)).ok());  // its map has a leaf
  ASSERT_TRUE(file->truncate(100 * page_bytes).ok());
  auto filler = fill_but(0);
  auto view = file->map({0, 100}).take();
  expect_refused(ErrorCode::no_space, [&] { return file->write(8192, pattern(8, 2)).status(); });
  expect_refused(ErrorCode::no_space,
                 [&] { return file->write(8192, pattern(5 * page_bytes, 2)).status(); });
  expect_refused(ErrorCode::no_space,
                 [&] { return file->write(file->size_bytes(), pattern(page_bytes, 2)).status(); });
  expect_refused(ErrorCode::no_space,
                 [&] { return file->write(file->size_bytes() + 5, pattern(8, 2)).status(); });
  expect_refused(ErrorCode::no_space, [&] { return file->preallocate({8192, 8}); });
  expect_refused(ErrorCode::no_space, [&] { return file->preallocate({0, 300 * page_bytes}); });
  expect_refused(ErrorCode::no_space, [&] { return view->try_store(8192, 7); });
  EXPECT_EQ(view->try_load(8192).value(), 0u);
  expect_refused(ErrorCode::no_space, [&] { return view->prefault({8192, 8}, true); });
  // What is there can be overwritten, unless every write is a copy.
  if (is_atomic()) {
    expect_refused(ErrorCode::no_space, [&] { return file->write(0, pattern(8, 3)).status(); });
  } else {
    EXPECT_TRUE(file->write(0, pattern(8, 3)).ok());
  }
  // A file takes an inode and no block; sizes and holes take none either.
  EXPECT_TRUE(lab->files().create("another").ok());
  EXPECT_TRUE(file->truncate(1000 * page_bytes).ok());
  EXPECT_TRUE(filler->punch({0, 10 * page_bytes}).ok());
  EXPECT_TRUE(file->write(8192, pattern(8, 2)).ok());
}

TEST_P(FullRegion, SomeFreeBlocksButNotEnough) {
  std::unique_ptr<File> file = create("data");
  ASSERT_TRUE(file->write(0, pattern(2 * page_bytes, 1)).ok());
  auto filler = fill_but(3);
  const Bytes five_pages = pattern(5 * page_bytes, 2);
  if (!is_partial()) {
    expect_refused(ErrorCode::no_space,
                   [&] { return file->write(2 * page_bytes, five_pages).status(); });
    expect_refused(ErrorCode::no_space,
                   [&] { return file->write(page_bytes - 3, five_pages).status(); });
  }
  expect_refused(ErrorCode::no_space, [&] {
    return file->preallocate({2 * page_bytes, 5 * page_bytes});
  });
  if (!is_partial()) return;
  Everything before = everything();
  auto written = file->write(2 * page_bytes, five_pages);
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(written.value(), 3 * page_bytes);
  Bytes& bytes = before.files["data"];
  bytes.insert(bytes.end(), five_pages.begin(), five_pages.begin() + 3 * page_bytes);
  EXPECT_EQ(everything().files, before.files);
  EXPECT_EQ(everything().free_blocks, 0u);
}

TEST_P(FullRegion, NoBlockForAMapNode) {
  std::unique_ptr<File> file = create("far");
  auto filler = fill_but(1);
  auto view = file->map({0, 1}).take();
  ASSERT_TRUE(file->truncate(page_bytes).ok());
  for (uint64_t offset : {uint64_t{0}, 600 * page_bytes, max_file_bytes - page_bytes}) {
    expect_refused(ErrorCode::no_space,
                   [&] { return file->write(offset, pattern(8, 2)).status(); });
    expect_refused(ErrorCode::no_space, [&] { return file->preallocate({offset, 8}); });
  }
  expect_refused(ErrorCode::no_space, [&] { return view->try_store(0, 7); });
  // A leaf that is there, but not one for the page behind its end.
  ASSERT_TRUE(filler->punch({0, 20 * page_bytes}).ok());
  ASSERT_TRUE(file->write(511 * page_bytes, pattern(page_bytes, 3)).ok());
  std::unique_ptr<File> rest = create("rest");
  fill(*rest);
  for (uint64_t pgoff = 30; lab->files().space_use().free_blocks < 2; ++pgoff) {
    ASSERT_TRUE(filler->punch({pgoff * page_bytes, page_bytes}).ok());
  }
  expect_refused(ErrorCode::no_space,
                 [&] { return file->write(512 * page_bytes, pattern(8, 2)).status(); });
  expect_refused(ErrorCode::no_space, [&] { return file->preallocate({512 * page_bytes, 8}); });
  EXPECT_TRUE(file->write(510 * page_bytes, pattern(8, 2)).ok());
}

TEST_P(FullRegion, NoFreeInode) {
  std::vector<std::unique_ptr<File>> files;
  for (;;) {
    auto file = lab->files().create("file " + std::to_string(files.size()));
    if (!file.ok()) break;
    files.push_back(file.take());
    ASSERT_LT(files.size(), 10'000u);
  }
  EXPECT_GE(files.size(), 16u);
  const auto create_one_more = [&] { return lab->files().create("one more").status(); };
  expect_refused(ErrorCode::no_space, create_one_more);
  expect_refused(ErrorCode::exists, [&] { return lab->files().create("file 3").status(); });
  // The name is gone, the file is not yet.
  ASSERT_TRUE(lab->files().unlink("file 3").ok());
  expect_refused(ErrorCode::no_space, create_one_more);
  files[3].reset();
  EXPECT_TRUE(create_one_more().ok());
  expect_refused(ErrorCode::no_space, [&] { return lab->files().create("yet another").status(); });
}

INSTANTIATE_TEST_SUITE_P(EachWriteStrategy, FullRegion,
                         testing::Combine(testing::Values(EngineKind::mmu, EngineKind::simulator),
                                          testing::ValuesIn(write_variants())),
                         name_of_case);

}  // namespace
}  // namespace daxlab
