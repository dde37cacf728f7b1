// Buffers in mappings of the lab's own files: past the end, in a hole that gets no block, and cut
// by another thread while they are copied.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <span>
#include <string>
#include <thread>

#include "harness/strategies/cells_test.h"
#include "harness/strategies/each_strategy.h"

namespace daxlab {
namespace {

// The parameter is a label as in each_strategy.h.
class CutBuffers : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<Lab> lab = [] {
    NamedLab small = lab_of(GetParam());
    small.region_bytes = uint64_t{2} << 20;
    return make_lab(small);
  }();
  std::unique_ptr<File> file = lab->files().create("file").take();
  std::unique_ptr<File> other = lab->files().create("other").take();

  bool is_partial() const { return GetParam().ends_with("/partial"); }
  void TearDown() override {
    EXPECT_EQ(lab->failure(), std::nullopt) << *lab->failure();
    file.reset();
    other.reset();
    for (const char* name : {"file", "other"}) EXPECT_TRUE(lab->files().unlink(name).ok());
    const SpaceUse use = lab->files().space_use();
    EXPECT_EQ(use.used_blocks + use.free_blocks, use.total_blocks);
  }
  static std::span<std::byte> bytes_of(View& view, uint64_t offset, uint64_t length) {
    return {view.raw() + offset, length};
  }
  static Bytes contents(File& from) {
    Bytes bytes(from.size_bytes());
    EXPECT_EQ(from.read(0, bytes).value(), bytes.size());
    return bytes;
  }
  uint64_t free_blocks() { return lab->files().space_use().free_blocks; }
  // Where the buffer ends, so does the write, or nothing has changed.
  void expect_written(Result<uint64_t> written, uint64_t there, uint64_t offset, const Bytes& from,
                      Bytes expected) {
    if (there == 0 || !is_partial()) {
      EXPECT_STREQ(describe(written.code()), describe(ErrorCode::bad_address));
    } else {
      ASSERT_TRUE(written.ok()) << describe(written.code());
      ASSERT_EQ(written.value(), there);
      expected.resize(std::max<size_t>(expected.size(), offset + there));
      std::copy_n(from.begin(), there, expected.begin() + static_cast<ptrdiff_t>(offset));
    }
    EXPECT_EQ(contents(*file), expected);
  }
  void fill_the_region(File& filler) {
    for (uint64_t length : {64 * page_bytes, page_bytes}) {
      while (filler.write(filler.size_bytes(), pattern(length, 5)).ok()) {
      }
    }
  }
};

TEST_P(CutBuffers, AWriteFromPastTheEndOfAMappedFile) {
  const Bytes old = pattern(4 * page_bytes, 1), source = pattern(2 * page_bytes, 2);
  ASSERT_TRUE(file->write(0, old).ok());
  ASSERT_TRUE(other->write(0, source).ok());
  auto view = other->map({0, 4}).take();
  for (uint64_t offset : {uint64_t{0}, page_bytes + 8, old.size()}) {
    const uint64_t free_before = free_blocks();
    const auto none = file->write(offset, bytes_of(*view, 2 * page_bytes, page_bytes));
    expect_written(none, 0, offset, source, old);
    const auto some = file->write(offset, bytes_of(*view, 0, 3 * page_bytes));
    expect_written(some, source.size(), offset, source, old);
    if (!is_partial()) {
      EXPECT_EQ(free_blocks(), free_before);
    }
    ASSERT_TRUE(file->truncate(0).ok());
    ASSERT_TRUE(file->write(0, old).ok());
  }
}

TEST_P(CutBuffers, AWriteFromPastTheEndOfTheSameFile) {
  const Bytes old = pattern(2 * page_bytes, 1);
  ASSERT_TRUE(file->write(0, old).ok());
  auto view = file->map({0, 8}).take();
  EXPECT_EQ(file->write(0, bytes_of(*view, 2 * page_bytes, 100)).code(), ErrorCode::bad_address);
  EXPECT_EQ(contents(*file), old);
  // What it appends is behind the end of the buffer when it looks, and is so until it is written.
  const auto written = file->write(2 * page_bytes, bytes_of(*view, page_bytes, 2 * page_bytes));
  const Bytes second(old.begin() + page_bytes, old.end());
  expect_written(written, page_bytes, 2 * page_bytes, second, old);
}

TEST_P(CutBuffers, AReadIntoPastTheEndOfAMappedFile) {
  const Bytes source = pattern(4 * page_bytes, 1);
  ASSERT_TRUE(file->write(0, source).ok());
  ASSERT_TRUE(other->truncate(2 * page_bytes).ok());
  auto view = other->map({0, 4}).take();
  EXPECT_EQ(file->read(0, bytes_of(*view, 2 * page_bytes, 100)).code(), ErrorCode::bad_address);
  EXPECT_EQ(file->read(8, bytes_of(*view, 100, 3 * page_bytes)).value(), 2 * page_bytes - 100);
  const Bytes seen = contents(*other);
  EXPECT_TRUE(std::equal(seen.begin() + 100, seen.end(), source.begin() + 8));
  ASSERT_TRUE(file->punch({0, 4 * page_bytes}).ok());
  EXPECT_EQ(file->read(0, bytes_of(*view, 2 * page_bytes, 100)).code(), ErrorCode::bad_address);
  EXPECT_EQ(file->read(0, bytes_of(*view, 0, 3 * page_bytes)).value(), 2 * page_bytes);
  EXPECT_EQ(contents(*other), Bytes(2 * page_bytes));
  ASSERT_TRUE(other->truncate(0).ok());
}

// The store of the copy faults, and there is no block to be had.
TEST_P(CutBuffers, AReadIntoAHoleOfAFullRegion) {
  const Bytes source = pattern(3 * page_bytes, 1);
  ASSERT_TRUE(file->write(0, source).ok());
  for (File* mapped : {other.get(), file.get()}) {
    SCOPED_TRACE(mapped == file.get() ? "of the same file" : "of another file");
    const uint64_t hole = mapped == file.get() ? 600 * page_bytes : 0;
    ASSERT_TRUE(mapped->truncate(hole + 600 * page_bytes).ok());
    auto view = mapped->map({hole / page_bytes, 600}).take();
    view->store(512 * page_bytes, 1);  // nodes of the map are there, and one page is
    ASSERT_TRUE(mapped->punch({hole + 513 * page_bytes, 20 * page_bytes}).ok());
    auto filler = lab->files().create("filler").take();
    fill_the_region(*filler);
    const uint64_t free_before = free_blocks();
    EXPECT_EQ(file->read(0, bytes_of(*view, 513 * page_bytes, 100)).code(), ErrorCode::bad_address);
    EXPECT_EQ(file->read(0, bytes_of(*view, 512 * page_bytes, 2 * page_bytes)).value(), page_bytes);
    EXPECT_EQ(free_blocks(), free_before);
    ASSERT_TRUE(filler->truncate(0).ok());
    EXPECT_EQ(file->read(0, bytes_of(*view, 512 * page_bytes, 2 * page_bytes)).value(),
              2 * page_bytes);
    filler.reset();
    ASSERT_TRUE(lab->files().unlink("filler").ok());
  }
}

// Most show zeros there; a strategy that needs a block for them has none.
TEST_P(CutBuffers, AWriteFromAHoleOfAFullRegion) {
  const Bytes old = pattern(2 * page_bytes, 1);
  ASSERT_TRUE(file->write(0, old).ok());
  ASSERT_TRUE(other->truncate(600 * page_bytes).ok());
  auto view = other->map({0, 600}).take();
  auto filler = lab->files().create("filler").take();
  fill_the_region(*filler);
  const bool needs_a_block = GetParam().starts_with("alloc_on_read");
  const auto written = file->write(8, bytes_of(*view, 520 * page_bytes, 100));
  Bytes expected = old;
  if (needs_a_block) {
    EXPECT_EQ(written.code(), ErrorCode::bad_address);
  } else if (GetParam().ends_with("/atomic")) {
    EXPECT_EQ(written.code(), ErrorCode::no_space);
  } else {
    EXPECT_EQ(written.value(), 100u);
    std::fill_n(expected.begin() + 8, 100, std::byte{0});
  }
  EXPECT_EQ(contents(*file), expected);
  filler.reset();
  ASSERT_TRUE(lab->files().unlink("filler").ok());
  EXPECT_EQ(file->write(8, bytes_of(*view, 520 * page_bytes, 100)).value(), 100u);
}

// Another lab's mapping is as good a buffer, and ends as well.
TEST_P(CutBuffers, ABufferInTheMappingOfAnotherLab) {
  auto second = make_lab({.fault = "global_zero"});
  auto mapped = second->files().create("mapped").take();
  const Bytes source = pattern(page_bytes, 4);
  ASSERT_TRUE(mapped->write(0, source).ok());
  auto view = mapped->map({0, 2}).take();
  expect_written(file->write(0, bytes_of(*view, 0, 2 * page_bytes)), page_bytes, 0, source, {});
  EXPECT_EQ(file->read(0, bytes_of(*view, page_bytes, 100)).code(),
            file->size_bytes() > 0 ? ErrorCode::bad_address : ErrorCode::ok);
}

// Every byte is one of the buffer's, or a zero that its file has grown by. In pieces, most of which
// memcmp() settles: byte by byte this would take longer than all that is tested.
bool is_of(std::span<const std::byte> seen, const Bytes& source) {
  constexpr size_t piece_bytes = 256;
  for (size_t at = 0; at < seen.size(); at += piece_bytes) {
    const size_t end = std::min(at + piece_bytes, seen.size());
    if (std::memcmp(&seen[at], &source[at], end - at) == 0) continue;
    for (size_t i = at; i < end; ++i) {
      if (seen[i] != source[i] && seen[i] != std::byte{0}) return false;
    }
  }
  return true;
}

// Of every fault strategy with every write strategy.
const int rounds_beside =
    static_cast<int>(rounds_by_each(3300, fault_variants().size() * write_variants().size()));
constexpr uint64_t buffer_pages = 12;

// Another thread cuts the buffer's file and lets it grow again, all the while.
class BufferRaces : public CutBuffers {
 protected:
  const Bytes source = pattern(buffer_pages * page_bytes, 7);
  std::unique_ptr<View> view;
  std::atomic<bool> stop{false};
  std::jthread cutter;

  void SetUp() override {
    ASSERT_TRUE(other->write(0, source).ok());
    view = other->map({0, buffer_pages}).take();
    cutter = std::jthread([this] {
      const uint64_t sizes[] = {8 * page_bytes, 0, 10 * page_bytes + 100, page_bytes};
      for (uint64_t i = 0; !stop.load(); ++i) {
        EXPECT_TRUE(other->truncate(sizes[i % 4]).ok());
        EXPECT_TRUE(other->write(0, source).ok());
      }
    });
  }
  void TearDown() override {
    stop.store(true);
    cutter.join();
    view.reset();
    CutBuffers::TearDown();
  }
};

TEST_P(BufferRaces, AWriteAnswersForWhatItHasWritten) {
  for (int round = 0; round < rounds_beside; ++round) {
    SCOPED_TRACE(round);
    const uint64_t offset = round % 3 == 0   ? file->size_bytes()
                            : round % 3 == 1 ? 0
                                             : page_bytes / 2;
    if (round % 30 == 0) {
      ASSERT_TRUE(file->truncate(0).ok());
      ASSERT_TRUE(file->write(0, pattern(14 * page_bytes, 100)).ok());
    }
    const Bytes before = contents(*file);
    const auto written = file->write(offset, bytes_of(*view, 0, source.size()));
    const Bytes after = contents(*file);
    if (!written.ok()) {
      ASSERT_STREQ(describe(written.code()), describe(ErrorCode::bad_address));
      ASSERT_TRUE(after == before);
      continue;
    }
    const uint64_t done = written.value();
    ASSERT_GT(done, 0u);
    ASSERT_TRUE(is_partial() || done == source.size()) << done;
    ASSERT_EQ(after.size(), std::max<uint64_t>(before.size(), offset + done));
    ASSERT_TRUE(is_of(std::span(after).subspan(offset, done), source));
    Bytes expected = before;
    expected.resize(after.size());
    std::copy_n(after.begin() + static_cast<ptrdiff_t>(offset), done,
                expected.begin() + static_cast<ptrdiff_t>(offset));
    ASSERT_TRUE(after == expected);
  }
}

TEST_P(BufferRaces, AReadAnswersForWhatItHasRead) {
  const Bytes here = pattern(14 * page_bytes, 200);
  ASSERT_TRUE(file->write(0, here).ok());
  for (int round = 0; round < 10 * rounds_beside; ++round) {
    const uint64_t offset = round % 2 == 0 ? 0 : page_bytes / 2 + 8;
    const auto done = file->read(offset, bytes_of(*view, 8, source.size() - 8));
    if (!done.ok()) {
      ASSERT_STREQ(describe(done.code()), describe(ErrorCode::bad_address));
    } else {
      ASSERT_TRUE(done.value() > 0 && done.value() <= source.size() - 8) << done.value();
    }
  }
  EXPECT_EQ(contents(*file), here);
}

// Both ways at once, and both files are cut: nobody waits in a circle.
TEST_P(BufferRaces, TwoFilesThatAreEachOthersBuffers) {
  ASSERT_TRUE(file->write(0, pattern(14 * page_bytes, 3)).ok());
  auto back = file->map({0, 14}).take();
  std::jthread other_way([&] {
    for (int round = 0; round < rounds_beside; ++round) {
      const auto done = round % 2 == 0 ? other->write(0, bytes_of(*back, 0, source.size()))
                                       : other->read(0, bytes_of(*back, 64, source.size()));
      ASSERT_TRUE(done.ok() || done.code() == ErrorCode::bad_address) << describe(done.code());
    }
  });
  for (int round = 0; round < rounds_beside; ++round) {
    const auto done = round % 2 == 0 ? file->write(0, bytes_of(*view, 0, source.size()))
                                     : file->read(0, bytes_of(*view, 64, 2 * page_bytes));
    ASSERT_TRUE(done.ok() || done.code() == ErrorCode::bad_address) << describe(done.code());
    if (round % 5 == 0) {
      ASSERT_TRUE(file->truncate(round % 2 == 0 ? 0 : 5000).ok());
    }
  }
}

std::vector<std::string> all_variants() {
  std::vector<std::string> all;
  for (const std::string& write : write_variants()) {
    for (std::string& label : fault_variants_with(write)) all.push_back(std::move(label));
  }
  return all;
}
INSTANTIATE_TEST_SUITE_P(All, CutBuffers, testing::ValuesIn(all_variants()), test_name);
INSTANTIATE_TEST_SUITE_P(All, BufferRaces, testing::ValuesIn(all_variants()), test_name);

// Where holes are served by the kernel, every fault comes as SIGSEGV, and the bus error is ours to
// raise: a handler of SIGBUS that was installed last does not hear of it either.
volatile sig_atomic_t heard = 0;
void hear(int) { heard = 1; }
TEST(CutBuffersOfTheKernel, AHandlerInstalledLaterHearsNothingOfThem) {
  auto lab = make_lab({.fault = "native_zero"});
  auto file = lab->files().create("file").take();
  ASSERT_TRUE(file->write(0, pattern(page_bytes, 1)).ok());
  auto view = file->map({0, 2}).take();
  struct sigaction before {
  }, mine{};
  mine.sa_handler = hear;
  ASSERT_EQ(sigaction(SIGBUS, &mine, &before), 0);
  const std::span<std::byte> behind{view->raw() + page_bytes, 100};
  const auto written = file->write(0, behind);
  const auto read = file->read(0, behind);
  ASSERT_EQ(sigaction(SIGBUS, &before, nullptr), 0);
  EXPECT_EQ(written.code(), ErrorCode::bad_address);
  EXPECT_EQ(read.code(), ErrorCode::bad_address);
  EXPECT_EQ(heard, 0);
}

}  // namespace
}  // namespace daxlab
