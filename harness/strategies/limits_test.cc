// Where something runs out or is too large, the answer is a typed error, and everything is as it
// was: names, sizes, contents, and the count of blocks.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "core/region/layout.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

constexpr uint64_t max_file_bytes = max_file_pages * page_bytes;
constexpr uint64_t small_bytes = uint64_t{1} << 20;

using Bytes = std::vector<std::byte>;

Bytes pattern(uint64_t length_bytes, uint64_t seed) {
  Bytes bytes(length_bytes);
  for (uint64_t i = 0; i < length_bytes; ++i) {
    bytes[i] = static_cast<std::byte>((i * 31 + i / 4096 + seed) | 1);
  }
  return bytes;
}

// What everything is.
struct Everything {
  std::map<std::string, Bytes> files;
  uint64_t used_blocks = 0, free_blocks = 0;
  friend bool operator==(const Everything&, const Everything&) = default;
};

class Limits : public testing::TestWithParam<std::tuple<EngineKind, std::string>> {
 protected:
  std::unique_ptr<Lab> lab = lab_of(small_bytes);

  static std::unique_ptr<Lab> lab_of(uint64_t region_bytes) {
    return make_lab({.engine = std::get<0>(GetParam()),
                     .write = std::get<1>(GetParam()),
                     .region_bytes = region_bytes});
  }
  static bool is_atomic() { return std::get<1>(GetParam()) == "atomic"; }
  static bool is_partial() { return std::get<1>(GetParam()) == "partial"; }

  void TearDown() override {
    EXPECT_EQ(lab->failure(), std::nullopt) << *lab->failure();
    SpaceUse use = lab->files().space_use();
    EXPECT_EQ(use.used_blocks + use.free_blocks, use.total_blocks);
  }

  std::unique_ptr<File> create(const std::string& name) {
    auto file = lab->files().create(name);
    EXPECT_TRUE(file.ok()) << describe(file.code());
    return file.take();
  }
  Everything everything() {
    Everything all;
    const std::vector<std::string> names = lab->file_names().take();
    for (const std::string& name : names) {
      auto file = lab->files().open(name).take();
      Bytes bytes(file->size_bytes());
      auto read = file->read(0, bytes);
      EXPECT_TRUE(read.ok() && read.value() == bytes.size());
      all.files[name] = std::move(bytes);
    }
    SpaceUse use = lab->files().space_use();
    all.used_blocks = use.used_blocks;
    all.free_blocks = use.free_blocks;
    return all;
  }
  void expect_refused(ErrorCode expected, const std::function<Status()>& call) {
    Everything before = everything();
    EXPECT_STREQ(describe(call().code()), describe(expected));
    Everything after = everything();
    EXPECT_TRUE(after == before) << before.used_blocks << " used, " << before.free_blocks
                                 << " free before; " << after.used_blocks << ", "
                                 << after.free_blocks << " after";
  }
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

TEST_P(Limits, NoFreeBlock) {
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

TEST_P(Limits, SomeFreeBlocksButNotEnough) {
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

TEST_P(Limits, NoBlockForAMapNode) {
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

TEST_P(Limits, NoFreeInode) {
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

TEST_P(Limits, Names) {
  std::unique_ptr<File> file = create("data");
  const std::string longest(max_name_bytes, 'n');
  struct {
    std::string name;
    ErrorCode error;
  } wrong[] = {
      {"", ErrorCode::invalid_argument},   {"a/b", ErrorCode::invalid_argument},
      {"/", ErrorCode::invalid_argument},  {std::string("a\0b", 3), ErrorCode::invalid_argument},
      {longest + "n", ErrorCode::too_big}, {std::string(100'000, 'n'), ErrorCode::too_big},
      {"data", ErrorCode::exists}};
  for (const auto& refused : wrong) {
    const std::string& name = refused.name;
    const ErrorCode error = refused.error;
    SCOPED_TRACE(name.substr(0, 80));
    expect_refused(error, [&] { return lab->files().create(name).status(); });
    if (error == ErrorCode::exists) continue;
    expect_refused(ErrorCode::not_found, [&] { return lab->files().open(name).status(); });
    expect_refused(ErrorCode::not_found, [&] { return lab->files().unlink(name); });
  }
  EXPECT_TRUE(lab->files().create(longest).ok());
  EXPECT_TRUE(lab->files().create("..").ok());
  EXPECT_TRUE(lab->files().open(longest).ok());
}

TEST_P(Limits, BeyondTheLargestFile) {
  std::unique_ptr<File> file = create("data");
  ASSERT_TRUE(file->write(0, pattern(3 * page_bytes, 1)).ok());
  const Bytes eight = pattern(8, 2);
  constexpr uint64_t all = UINT64_MAX;
  for (uint64_t offset : {max_file_bytes, max_file_bytes - 7, max_file_bytes + 4096, all, all - 7,
                          all - 8, uint64_t{1} << 63}) {
    SCOPED_TRACE(offset);
    expect_refused(ErrorCode::too_big, [&] { return file->write(offset, eight).status(); });
    expect_refused(ErrorCode::too_big, [&] { return file->preallocate({offset, 8}); });
    expect_refused(ErrorCode::too_big, [&] { return file->punch({offset, 8}); });
  }
  for (ByteRange range : {ByteRange{0, all}, ByteRange{1, all}, ByteRange{4096, all - 4095},
                          ByteRange{0, max_file_bytes + 1}}) {
    SCOPED_TRACE(range.length_bytes);
    expect_refused(ErrorCode::too_big, [&] { return file->preallocate(range); });
    expect_refused(ErrorCode::too_big, [&] { return file->punch(range); });
  }
  expect_refused(ErrorCode::no_space, [&] { return file->preallocate({0, max_file_bytes}); });
  expect_refused(ErrorCode::too_big, [&] { return file->truncate(max_file_bytes + 1); });
  expect_refused(ErrorCode::too_big, [&] { return file->truncate(all); });
  for (ByteRange range : {ByteRange{0, 0}, ByteRange{max_file_bytes, 0}, ByteRange{4096, 0}}) {
    expect_refused(ErrorCode::invalid_argument, [&] { return file->punch(range); });
    expect_refused(ErrorCode::invalid_argument, [&] { return file->preallocate(range); });
  }
}

TEST_P(Limits, MapsAndReadsThatWrap) {
  std::unique_ptr<File> file = create("data");
  ASSERT_TRUE(file->write(0, pattern(3 * page_bytes, 1)).ok());
  constexpr uint64_t all = UINT64_MAX;
  for (PageRange range :
       {PageRange{0, 0}, PageRange{max_file_pages, 1}, PageRange{all, 1}, PageRange{all, 2},
        PageRange{1, all}, PageRange{0, max_file_pages + 1}, PageRange{max_file_pages - 1, 2}}) {
    expect_refused(ErrorCode::invalid_argument, [&] { return file->map(range).status(); });
  }
  auto view = file->map({0, 3}).take();
  for (ByteRange range : {ByteRange{0, 0}, ByteRange{all, 8}, ByteRange{8, all},
                          ByteRange{3 * page_bytes, 8}, ByteRange{0, 3 * page_bytes + 1}}) {
    expect_refused(ErrorCode::invalid_argument, [&] { return view->sync(range); });
    expect_refused(ErrorCode::invalid_argument, [&] { return view->prefault(range, true); });
  }
  Bytes bytes(64);
  for (uint64_t offset : {3 * page_bytes, max_file_bytes, max_file_bytes - 8, all, all - 8}) {
    EXPECT_EQ(file->read(offset, bytes).value(), 0u) << offset;
  }
  EXPECT_EQ(file->write(max_file_bytes, {}).value(), 0u);
}

TEST_P(Limits, TheLastWordOfTheLargestFile) {
  std::unique_ptr<File> file = create("data");
  const SpaceUse before = lab->files().space_use();
  const Bytes eight = pattern(8, 2);
  ASSERT_EQ(file->write(max_file_bytes - 8, eight).value(), 8u);
  EXPECT_EQ(file->size_bytes(), max_file_bytes);
  Bytes seen(8);
  EXPECT_EQ(file->read(max_file_bytes - 8, seen).value(), 8u);
  EXPECT_EQ(seen, eight);
  auto view = file->map({max_file_pages - 1, 1}).take();
  EXPECT_TRUE(view->try_store(page_bytes - 16, 7).ok());
  EXPECT_TRUE(file->sync().ok());
  EXPECT_EQ(file->write(max_file_bytes - 7, eight).code(), ErrorCode::too_big);
  EXPECT_TRUE(file->truncate(0).ok());
  EXPECT_TRUE(file->truncate(max_file_bytes).ok());
  EXPECT_TRUE(file->truncate(0).ok());
  EXPECT_EQ(lab->files().space_use().free_blocks, before.free_blocks);
}

// What the log has no room for is refused before anything happens; other strategies take any
// length.
TEST_P(Limits, TheLongestWrite) {
  lab = lab_of(uint64_t{16} << 20);
  std::unique_ptr<File> file = create("data");
  ASSERT_TRUE(file->write(0, pattern(5 * page_bytes, 1)).ok());
  const uint64_t longest = file->max_write_bytes();
  EXPECT_EQ(longest, is_atomic() ? max_atomic_write_bytes : UINT64_MAX);
  const Bytes bytes = pattern(max_atomic_write_bytes + 1, 2);
  for (uint64_t offset : {uint64_t{0}, uint64_t{1}, page_bytes - 1, 3 * page_bytes + 8}) {
    SCOPED_TRACE(offset);
    if (is_atomic()) {
      expect_refused(ErrorCode::too_big, [&] { return file->write(offset, bytes).status(); });
    }
    const std::span most = std::span(bytes).first(max_atomic_write_bytes);
    ASSERT_EQ(file->write(offset, most).value(), most.size());
    Bytes seen(most.size());
    ASSERT_EQ(file->read(offset, seen).value(), most.size());
    EXPECT_TRUE(std::ranges::equal(seen, most));
  }
  if (!is_atomic()) {
    EXPECT_EQ(file->write(0, bytes).value(), bytes.size());
  }
}

std::string name_of_case(const testing::TestParamInfo<Limits::ParamType>& info) {
  const bool mmu = std::get<0>(info.param) == EngineKind::mmu;
  return std::get<1>(info.param) + (mmu ? "_mmu" : "_simulator");
}

INSTANTIATE_TEST_SUITE_P(EachWriteStrategy, Limits,
                         testing::Combine(testing::Values(EngineKind::mmu, EngineKind::simulator),
                                          testing::ValuesIn(write_variants())),
                         name_of_case);

}  // namespace
}  // namespace daxlab
