// What is too large for a file, a name, a mapping or a write, or wraps.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>

#include "core/region/layout.h"
#include "harness/strategies/refusals_test.h"

namespace daxlab {
namespace {

class Limits : public Refusals {};

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

INSTANTIATE_TEST_SUITE_P(EachWriteStrategy, Limits,
                         testing::Combine(testing::Values(EngineKind::mmu, EngineKind::simulator),
                                          testing::ValuesIn(write_variants())),
                         name_of_case);

}  // namespace
}  // namespace daxlab
