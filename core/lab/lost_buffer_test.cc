// A buffer that could be read when a write began and cannot when it is copied: taken away between
// the two on purpose, by the strategy.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "core/engine/mmu/mmu_address_space.h"
#include "core/lab/bare_lab.h"

namespace daxlab {
namespace {

using Bytes = std::vector<std::byte>;

Bytes bytes_of(uint64_t length_bytes, uint8_t seed) {
  Bytes bytes(length_bytes);
  for (uint64_t i = 0; i < length_bytes; ++i) bytes[i] = std::byte(seed + i / 64 % 64);
  return bytes;
}

// How the strategy writes.
struct Manner {
  const char* name;
  Staging staging;
  bool all_or_nothing;
};

class LostBuffer : public testing::TestWithParam<Manner> {
 protected:
  static constexpr uint64_t buffer_bytes = 3 * page_bytes;

  LostBuffer() {
    lab.writing.script = [this](ByteRange range, WriteOps& ops) -> Result<uint64_t> {
      ++asked;
      const auto [name, staging, all_or_nothing] = GetParam();
      const ByteRange fits{range.offset_bytes, ops.reserve(range, staging)};
      if (fits.length_bytes == 0) return ErrorCode::no_space;
      if (all_or_nothing && fits.length_bytes < range.length_bytes) return ErrorCode::no_space;
      std::exchange(before_copying, [] {})();
      if (Status status = ops.copy(fits); !status.ok()) return status;
      const Status status =
          staging == Staging::in_place ? ops.publish(fits) : ops.publish_at_once(fits);
      if (!status.ok()) return status;
      return fits.length_bytes;
    };
    memory =
        ::mmap(nullptr, buffer_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT_NE(memory, MAP_FAILED);
    std::copy(source.begin(), source.end(), static_cast<std::byte*>(memory));
    EXPECT_EQ(file->write(0, bytes_of(5 * page_bytes, 100)).value(), 5 * page_bytes);
    free_blocks = files->space_use().free_blocks;
    asked = 0;
  }
  ~LostBuffer() override { ::munmap(memory, buffer_bytes); }
  void TearDown() override {
    EXPECT_EQ(lab.failures.message(), std::nullopt);
    EXPECT_TRUE(file->truncate(0).ok());
    const SpaceUse use = files->space_use();
    EXPECT_EQ(use.used_blocks + use.free_blocks, use.total_blocks);
  }
  std::span<const std::byte> buffer() const {
    return {static_cast<const std::byte*>(memory), buffer_bytes};
  }
  void take_away(uint64_t from_page) {
    EXPECT_EQ(::mprotect(static_cast<std::byte*>(memory) + from_page * page_bytes,
                         buffer_bytes - from_page * page_bytes, PROT_NONE),
              0);
  }
  Bytes contents() {
    Bytes all(file->size_bytes());
    EXPECT_EQ(file->read(0, all).value(), all.size());
    return all;
  }
  // The first bytes of the buffer over the old contents.
  static Bytes with(uint64_t offset, const Bytes& bytes, uint64_t length) {
    Bytes expected = bytes_of(5 * page_bytes, 100);
    expected.resize(std::max(expected.size(), offset + length));
    std::copy_n(bytes.begin(), length, expected.begin() + static_cast<ptrdiff_t>(offset));
    return expected;
  }
  void expect_nothing_changed(Result<uint64_t> written) {
    EXPECT_STREQ(describe(written.code()), describe(ErrorCode::bad_address));
    EXPECT_EQ(contents(), with(0, {}, 0));
    EXPECT_EQ(files->space_use().free_blocks, free_blocks);
  }

  const Bytes source = bytes_of(buffer_bytes, 10);
  void* memory = nullptr;
  std::function<void()> before_copying = [] {};
  int asked = 0;
  uint64_t free_blocks = 0;
  BareLab lab;
  std::unique_ptr<MmuAddressSpace> addresses =
      MmuAddressSpace::create(*lab.region, lab.zero_pages, lab.counters, 65530).take();
  std::unique_ptr<DaxFileSystem> files = lab.files_on(*addresses);
  std::unique_ptr<File> file = files->create("file").take();
};

TEST_P(LostBuffer, AnAppendHasWhatIsLeftOfItOrNothing) {
  const uint64_t end = file->size_bytes();
  before_copying = [&] { take_away(1); };
  const auto written = file->write(end, buffer());
  EXPECT_EQ(asked, 2);
  if (GetParam().all_or_nothing) return expect_nothing_changed(written);
  ASSERT_TRUE(written.ok()) << describe(written.code());
  EXPECT_EQ(written.value(), page_bytes);
  EXPECT_EQ(contents(), with(end, source, page_bytes));
}

TEST_P(LostBuffer, NothingOfItIsLeft) {
  before_copying = [&] { take_away(0); };
  expect_nothing_changed(file->write(page_bytes, buffer()));
  EXPECT_EQ(asked, 1);
}

TEST_P(LostBuffer, ItComesBack) {
  before_copying = [&] { take_away(2); };
  auto& script = lab.writing.script;
  script = [this, first = script](ByteRange range, WriteOps& ops) -> Result<uint64_t> {
    const auto written = first(range, ops);
    EXPECT_EQ(::mprotect(memory, buffer_bytes, PROT_READ), 0);
    return written;
  };
  EXPECT_EQ(file->write(8, buffer()).value(), buffer_bytes);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(contents(), with(8, source, buffer_bytes));
}

// What lies in place has not been touched when the copy fails, if a cut took the buffer away.
TEST_P(LostBuffer, AnOverwriteFromAMappingThatIsCut) {
  auto other = files->create("other").take();
  ASSERT_EQ(other->write(0, source).value(), source.size());
  auto view = other->map({0, 3}).take();
  ASSERT_TRUE(view->prefault({0, buffer_bytes}, false).ok());
  free_blocks = files->space_use().free_blocks + 1;  // which the cut gives back
  asked = 0;
  before_copying = [&] {
    EXPECT_TRUE(other->truncate(page_bytes + 100).ok());
    EXPECT_EQ(contents(), with(0, {}, 0));
  };
  const auto written = file->write(8, {view->raw(), buffer_bytes});
  EXPECT_EQ(asked, 2);
  if (GetParam().all_or_nothing) return expect_nothing_changed(written);
  ASSERT_TRUE(written.ok()) << describe(written.code());
  EXPECT_EQ(written.value(), 2 * page_bytes);
  Bytes cut = source;
  std::fill(cut.begin() + page_bytes + 100, cut.end(), std::byte{0});
  EXPECT_EQ(contents(), with(8, cut, 2 * page_bytes));
}

INSTANTIATE_TEST_SUITE_P(All, LostBuffer,
                         testing::Values(Manner{"Partial", Staging::in_place, false},
                                         Manner{"AllOrNothing", Staging::in_place, true},
                                         Manner{"Atomic", Staging::copy_on_write, true}),
                         [](const testing::TestParamInfo<Manner>& manner) {
                           return std::string(manner.param.name);
                         });

// A strategy that does not look whether bytes were copied would show what a block's last owner
// left.
TEST(LostBufferPublished, IsAnUnsafeAnswer) {
  BareLab lab;
  auto addresses = MmuAddressSpace::create(*lab.region, lab.zero_pages, lab.counters, 65530).take();
  auto files = lab.files_on(*addresses);
  auto file = files->create("file").take();
  void* page = ::mmap(nullptr, page_bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(page, MAP_FAILED);
  lab.writing.script = [&](ByteRange range, WriteOps& ops) -> Result<uint64_t> {
    EXPECT_EQ(ops.reserve(range, Staging::in_place), range.length_bytes);
    EXPECT_EQ(::munmap(page, page_bytes), 0);
    EXPECT_EQ(ops.copy(range).code(), ErrorCode::bad_address);
    EXPECT_EQ(ops.publish(range).code(), ErrorCode::bad_plugin);
    return range.length_bytes;
  };
  const auto written = file->write(0, {static_cast<const std::byte*>(page), page_bytes});
  EXPECT_EQ(written.code(), ErrorCode::bad_plugin);
  EXPECT_EQ(file->size_bytes(), 0u);
}

}  // namespace
}  // namespace daxlab
