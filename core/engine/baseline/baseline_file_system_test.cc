#include "core/engine/baseline/baseline_file_system.h"

#include <gtest/gtest.h>
#include <linux/magic.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "core/base/file_system_type.h"

namespace daxlab {
namespace {

std::vector<std::byte> bytes_of(std::string_view text) {
  std::vector<std::byte> bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

class BaselineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = BaselineFileSystem::make("/dev/shm");
    ASSERT_TRUE(made.ok()) << made.error().message;
    files_ = made.take();
    file_ = files_->create("data").take();
    ASSERT_NE(file_, nullptr);
  }

  std::string read(uint64_t offset_bytes, size_t length_bytes) {
    std::string text(length_bytes, '?');
    const auto n = file_->read(offset_bytes, std::as_writable_bytes(std::span(text)));
    EXPECT_TRUE(n.ok());
    text.resize(n.ok() ? n.value() : 0);
    return text;
  }

  std::unique_ptr<BaselineFileSystem> files_;
  std::unique_ptr<File> file_;
};

TEST_F(BaselineTest, ReadsWhatWasWritten) {
  const auto hello = bytes_of("hello");
  EXPECT_EQ(file_->write(10, hello).value(), 5u);
  EXPECT_EQ(file_->size_bytes(), 15u);
  EXPECT_EQ(read(8, 100), std::string("\0\0hello", 7));
  EXPECT_EQ(read(15, 10), "");
  EXPECT_EQ(read(uint64_t{1} << 63, 10), "");
  EXPECT_EQ(file_->write(0, {}).value(), 0u);
}

TEST_F(BaselineTest, WriteTooFarIsTooBig) {
  const auto word = bytes_of("12345678");
  EXPECT_EQ(file_->write(INT64_MAX, word).code(), ErrorCode::too_big);
  EXPECT_EQ(file_->write(UINT64_MAX - 3, word).code(), ErrorCode::too_big);
  EXPECT_EQ(file_->truncate(UINT64_MAX).code(), ErrorCode::too_big);
  EXPECT_EQ(file_->size_bytes(), 0u);
}

TEST_F(BaselineTest, TruncateCutsAndGrowsWithZeros) {
  ASSERT_TRUE(file_->write(0, bytes_of("abcdef")).ok());
  ASSERT_TRUE(file_->truncate(2).ok());
  ASSERT_TRUE(file_->truncate(4).ok());
  EXPECT_EQ(read(0, 10), std::string("ab\0\0", 4));
}

TEST_F(BaselineTest, PunchZerosAndFreesAndPreallocateTakes) {
  ASSERT_TRUE(file_->preallocate({0, 4 * block_bytes}).ok());
  EXPECT_EQ(file_->size_bytes(), 4 * block_bytes);
  EXPECT_EQ(files_->space_use().used_blocks, 4u);
  ASSERT_TRUE(file_->write(0, std::vector<std::byte>(4 * block_bytes, std::byte{1})).ok());
  ASSERT_TRUE(file_->punch({100, 2 * block_bytes}).ok());
  EXPECT_EQ(file_->size_bytes(), 4 * block_bytes);
  EXPECT_EQ(files_->space_use().used_blocks, 3u);
  EXPECT_EQ(read(99, 3), std::string("\1\0\0", 3));
  EXPECT_EQ(read(100 + 2 * block_bytes - 1, 2), std::string("\0\1", 2));
}

TEST_F(BaselineTest, ExtentsAreToldWhereTheFileSystemKnowsThem) {
  EXPECT_EQ(file_->extents().code(), ErrorCode::unsupported) << "tmpfs";
  auto made = BaselineFileSystem::make("/var/tmp");
  ASSERT_TRUE(made.ok()) << made.error().message;
  const auto files = made.take();
  const auto file = files->create("data").take();
  const std::vector<std::byte> page(block_bytes, std::byte{1});
  ASSERT_TRUE(file->write(0, page).ok());
  ASSERT_TRUE(file->write(3 * block_bytes, page).ok());
  ASSERT_TRUE(file->write(4 * block_bytes, page).ok());
  const auto extents = file->extents();
  if (extents.code() == ErrorCode::unsupported) return;  // not every file system has it
  ASSERT_TRUE(extents.ok());
  std::vector<uint64_t> pages;
  for (const FileExtent& extent : extents.value()) {
    for (uint64_t i = 0; i < extent.pages; ++i) pages.push_back(extent.pgoff + i);
  }
  EXPECT_EQ(pages, (std::vector<uint64_t>{0, 3, 4}));
}

TEST_F(BaselineTest, NamesAreChecked) {
  EXPECT_EQ(files_->create("data").code(), ErrorCode::exists);
  EXPECT_EQ(files_->create("").code(), ErrorCode::invalid_argument);
  EXPECT_EQ(files_->create("a/b").code(), ErrorCode::invalid_argument);
  EXPECT_EQ(files_->create("..").code(), ErrorCode::invalid_argument);
  EXPECT_EQ(files_->create(std::string(64, 'n')).code(), ErrorCode::too_big);
  EXPECT_TRUE(files_->create(std::string(63, 'n')).ok());
  EXPECT_EQ(files_->open("none").code(), ErrorCode::not_found);
  EXPECT_EQ(files_->unlink("none").code(), ErrorCode::not_found);
}

TEST_F(BaselineTest, UnlinkedFileLivesAsLongAsItsView) {
  ASSERT_TRUE(file_->truncate(block_bytes).ok());
  auto view = file_->map({0, 1}).take();
  view->store(8, 42);
  ASSERT_TRUE(files_->unlink("data").ok());
  EXPECT_EQ(files_->open("data").code(), ErrorCode::not_found);
  file_.reset();
  EXPECT_EQ(view->load(8), 42u);
  EXPECT_EQ(files_->space_use().used_blocks, 1u);
  view.reset();
  EXPECT_EQ(files_->space_use().used_blocks, 0u);
}

TEST_F(BaselineTest, MappingsOfOneFileShowTheSameBytes) {
  ASSERT_TRUE(file_->truncate(3 * page_bytes).ok());
  auto whole = file_->map({0, 3}).take();
  auto last = files_->open("data").take()->map({2, 1}).take();
  EXPECT_EQ(last->length_bytes(), page_bytes);
  whole->store(2 * page_bytes + 16, 7);
  EXPECT_EQ(last->load(16), 7u);
  EXPECT_EQ(read(2 * page_bytes + 16, 1), "\7");
  ASSERT_TRUE(file_->write(16, bytes_of("\5\0\0\0\0\0\0\0")).ok());
  EXPECT_TRUE(whole->sync({1, 3 * page_bytes - 1}).ok());
  EXPECT_TRUE(file_->sync().ok());
}

TEST_F(BaselineTest, MapsWhereItIsToldTo) {
  ASSERT_TRUE(file_->truncate(600 * page_bytes).ok());
  for (uint64_t alignment = page_bytes; alignment <= 512 * page_bytes; alignment *= 2) {
    const auto view = file_->map_aligned({1, 599}, alignment).take();
    const auto address = reinterpret_cast<uint64_t>(view->raw());
    EXPECT_EQ(address % (512 * page_bytes), alignment % (512 * page_bytes));
    view->store(598 * page_bytes, alignment);
    EXPECT_EQ(view->load(598 * page_bytes), alignment);
  }
  EXPECT_EQ(file_->map_aligned({0, 0}, page_bytes).code(), ErrorCode::invalid_argument);
}

TEST_F(BaselineTest, MapRefusesWhatCannotBeMapped) {
  EXPECT_EQ(file_->map({0, 0}).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(file_->map({UINT64_MAX, 1}).code(), ErrorCode::invalid_argument);
}

TEST_F(BaselineTest, TouchingPastTheEndIsReportedUntilTheFileGrows) {
  auto view = file_->map({0, 2}).take();
  EXPECT_EQ(view->try_load(0).code(), ErrorCode::beyond_end);
  EXPECT_EQ(view->try_store(page_bytes, 1).code(), ErrorCode::beyond_end);
  EXPECT_EQ(view->prefault({0, 8}, false).code(), ErrorCode::beyond_end);
  EXPECT_EQ(view->prefault({0, 8}, true).code(), ErrorCode::beyond_end);
  ASSERT_TRUE(file_->truncate(page_bytes + 1).ok());
  EXPECT_TRUE(view->try_store(page_bytes, 1).ok());
  EXPECT_EQ(view->try_load(page_bytes).value(), 1u);
}

TEST_F(BaselineTest, PrefaultTakesTheFaultsAndChangesNothing) {
  ASSERT_TRUE(file_->truncate(4 * page_bytes).ok());
  auto view = file_->map({0, 4}).take();
  view->store(0, 9);
  ASSERT_TRUE(view->prefault({8, 3 * page_bytes}, true).ok());
  std::array<unsigned char, 4> present{};
  ASSERT_EQ(::mincore(view->raw(), 4 * page_bytes, present.data()), 0);
  for (const unsigned char page : present) EXPECT_EQ(page & 1, 1);
  EXPECT_EQ(view->load(0), 9u);
  EXPECT_EQ(view->load(page_bytes), 0u);
  EXPECT_TRUE(view->prefault({0, 4 * page_bytes}, false).ok());
  EXPECT_EQ(view->prefault({0, 4 * page_bytes + 1}, false).code(), ErrorCode::invalid_argument);
}

TEST_F(BaselineTest, BufferInAViewIsReadAndWritten) {
  ASSERT_TRUE(file_->truncate(2 * page_bytes).ok());
  auto view = file_->map({0, 2}).take();
  view->store(0, 0x1122334455667788);
  ASSERT_EQ(file_->write(page_bytes, {view->raw(), 8}).value(), 8u);
  EXPECT_EQ(view->load(page_bytes), 0x1122334455667788u);
  ASSERT_EQ(file_->read(page_bytes, {view->raw() + 64, 8}).value(), 8u);
  EXPECT_EQ(view->load(64), 0x1122334455667788u);
}

// One page, and one behind the end of its file.
TEST_F(BaselineTest, BuffersThatEndAnswerAsSystemCallsDo) {
  auto mapped = files_->create("mapped").take();
  ASSERT_TRUE(mapped->write(0, std::vector<std::byte>(block_bytes, std::byte{7})).ok());
  auto view = mapped->map({0, 2}).take();
  const std::span<std::byte> ends(view->raw() + block_bytes - 100, 5000);
  const std::span<std::byte> nothing = ends.subspan(100);
  EXPECT_EQ(file_->write(0, nothing).code(), ErrorCode::bad_address);
  EXPECT_EQ(file_->size_bytes(), 0u);
  EXPECT_EQ(file_->write(10, ends).value(), 100u);
  EXPECT_EQ(file_->size_bytes(), 110u);
  EXPECT_EQ(read(10, 100), std::string(100, '\7'));
  EXPECT_EQ(file_->read(0, nothing).code(), ErrorCode::bad_address);
  ASSERT_TRUE(file_->write(0, bytes_of("abcdefghij")).ok());
  ASSERT_TRUE(file_->truncate(2 * block_bytes).ok());
  EXPECT_EQ(file_->read(0, ends).value(), 100u);
  EXPECT_EQ(ends[9], std::byte{'j'});
  auto* nowhere = reinterpret_cast<std::byte*>(64);
  EXPECT_EQ(file_->write(0, {nowhere, 10}).code(), ErrorCode::bad_address);
  EXPECT_EQ(file_->read(0, {nowhere, 10}).code(), ErrorCode::bad_address);
}

// Whole blocks and others, from memory that is aligned and that is not.
TEST(BaselineDirectIo, CallsDoTheSameAsThroughThePageCache) {
  const auto made = BaselineFileSystem::make("/var/tmp", {.direct_io = true});
  ASSERT_TRUE(made.ok()) << made.error().message;
  auto created = made.value()->create("data");
  if (created.code() == ErrorCode::invalid_argument) GTEST_SKIP() << "/var/tmp has no O_DIRECT";
  ASSERT_TRUE(created.ok());
  const auto file = created.take();
  std::vector<std::byte> bytes(3 * block_bytes + 8);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 7 / 3);
  const std::span all(bytes);
  EXPECT_EQ(file->write(0, all.subspan(8)).value(), 3 * block_bytes);
  EXPECT_EQ(file->write(3 * block_bytes, all.first(100)).value(), 100u);
  std::vector<std::byte> seen(4 * block_bytes);
  ASSERT_EQ(file->read(0, seen).value(), 3 * block_bytes + 100);
  EXPECT_TRUE(std::equal(all.begin() + 8, all.end(), seen.begin()));
  EXPECT_TRUE(std::equal(all.begin(), all.begin() + 100, seen.begin() + 3 * block_bytes));
  EXPECT_EQ(file->write(block_bytes, {reinterpret_cast<std::byte*>(64), block_bytes}).code(),
            ErrorCode::bad_address);
}

TEST_F(BaselineTest, FolderIsRemovedWithAllInIt) {
  const std::filesystem::path folder = files_->folder();
  EXPECT_TRUE(std::filesystem::exists(folder / "data"));
  file_.reset();
  files_.reset();
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_F(BaselineTest, TypeAndSpaceComeFromTheKernel) {
  EXPECT_EQ(files_->type_name(), "tmpfs");
  const SpaceUse use = files_->space_use();
  EXPECT_EQ(use.used_blocks, 0u);
  EXPECT_EQ(use.total_blocks, use.free_blocks);
  EXPECT_EQ(name_of_file_system(EXT4_SUPER_MAGIC), "ext4");
  EXPECT_EQ(name_of_file_system(0x58465342), "xfs");
  EXPECT_EQ(name_of_file_system(0x12345), "0x12345");
}

TEST(BaselineCreate, ErrorNamesFolderAndReason) {
  const auto none = BaselineFileSystem::make("/dev/shm/no-such-folder");
  ASSERT_FALSE(none.ok());
  EXPECT_NE(none.error().message.find("/dev/shm/no-such-folder: No such file"), std::string::npos)
      << none.error().message;
}

}  // namespace
}  // namespace daxlab
