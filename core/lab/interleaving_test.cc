// Interleavings that random runs meet too seldom, made on purpose: strategies and an engine that
// call back in the middle of an operation.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "core/engine/simulator/simulated_address_space.h"
#include "core/lab/bare_lab.h"

namespace daxlab {
namespace {

// Tells what happens to a mapping's pages while it is being given up, or while they are taken out.
class Watched final : public PassingAddressSpace {
 public:
  using PassingAddressSpace::PassingAddressSpace;
  std::function<void()> at_unmap = [] {};
  std::function<void()> at_remove = [] {};
  bool removes = true;
  uint64_t removals = 0;

  void unmap(Mapping& mapping) override {
    std::exchange(at_unmap, [] {})();
    PassingAddressSpace::unmap(mapping);
  }
  Status remove(Mapping& mapping, PageRange run) noexcept override {
    ++removals;
    std::exchange(at_remove, [] {})();
    return removes ? PassingAddressSpace::remove(mapping, run) : Status{};
  }
};

// Writes let somebody else act between copying and publishing.
class Interleaving : public testing::Test {
 protected:
  Interleaving() {
    lab.writing.script = [this](ByteRange range, WriteOps& ops) -> Result<uint64_t> {
      if (ops.reserve(range, staging) < range.length_bytes) return ErrorCode::no_space;
      if (Status status = ops.copy(range); !status.ok()) return status;
      std::exchange(between, [] {})();
      bool at_once = staging == Staging::copy_on_write;
      Status status = at_once ? ops.publish_at_once(range) : ops.publish(range);
      if (!status.ok()) return status;
      return range.length_bytes;
    };
    file = files->create("file").take();
    EXPECT_TRUE(file->truncate(8 * page_bytes).ok());
    view = file->map({0, 8}).take();
  }
  void write_word(uint64_t offset, uint64_t value) { daxlab::write_word(*file, offset, value); }
  uint64_t read_word(uint64_t offset) { return daxlab::read_word(*file, offset); }
  void TearDown() override {
    SpaceUse use = files->space_use();
    EXPECT_EQ(use.used_blocks + use.free_blocks, use.total_blocks);
    EXPECT_EQ(lab.failures.message(), std::nullopt);
  }

  Staging staging = Staging::in_place;
  std::function<void()> between = [] {};
  BareLab lab;
  SimulatedAddressSpace simulator{*lab.region};
  Watched addresses{simulator};
  std::unique_ptr<DaxFileSystem> files = lab.files_on(addresses);
  std::unique_ptr<File> file;
  std::unique_ptr<View> view;
};

// The same outcome for writes in place and for copies.
class EachStaging : public Interleaving, public testing::WithParamInterface<Staging> {
 protected:
  EachStaging() { staging = GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(Stagings, EachStaging,
                         testing::Values(Staging::in_place, Staging::copy_on_write),
                         [](const testing::TestParamInfo<Staging>& staged) {
                           return staged.param == Staging::in_place ? "in_place" : "copy_on_write";
                         });

TEST_P(EachStaging, AStoreThatTookTheHoleMeanwhileIsMergedWith) {
  between = [&] { view->store(8, 11); };
  write_word(16, 22);
  EXPECT_EQ(view->load(8), 11u);
  EXPECT_EQ(view->load(16), 22u);
  EXPECT_EQ(read_word(8), 11u);
  EXPECT_EQ(read_word(16), 22u);
}

TEST_P(EachStaging, AnotherWriteThatTookTheHoleMeanwhileIsMergedWith) {
  between = [&] { write_word(24, 33); };
  write_word(16, 22);
  EXPECT_EQ(read_word(16), 22u);
  EXPECT_EQ(read_word(24), 33u);
}

TEST_P(EachStaging, AZeroPageReadMeanwhileIsTakenDown) {
  between = [&] { EXPECT_EQ(view->load(16), 0u); };
  write_word(16, 22);
  EXPECT_EQ(view->load(16), 22u);
}

// The write came before the truncate: nothing of it comes back when the file grows again.
TEST_P(EachStaging, AWriteOvertakenByATruncateStaysCut) {
  between = [&] { EXPECT_TRUE(file->truncate(16).ok()); };
  write_word(3 * page_bytes, 22);
  EXPECT_EQ(file->size_bytes(), 16u);
  ASSERT_TRUE(file->truncate(8 * page_bytes).ok());
  EXPECT_EQ(read_word(3 * page_bytes), 0u);
  EXPECT_EQ(view->load(3 * page_bytes), 0u);
}

TEST_F(Interleaving, AMappingBeingGivenUpIsOutOfEverybodysReach) {
  view->store(0, 5);
  auto other = file->map({0, 8}).take();
  EXPECT_EQ(other->load(0), 5u);
  uint64_t removals_by_punch = 0;
  addresses.at_unmap = [&] {
    uint64_t before = addresses.removals;
    EXPECT_TRUE(file->punch({0, page_bytes}).ok());
    removals_by_punch = addresses.removals - before;
  };
  other.reset();
  EXPECT_EQ(removals_by_punch, 1u) << "only the view that stays may be touched";
}

class Copies : public Interleaving {
 protected:
  Copies() { staging = Staging::copy_on_write; }
};

// The mapping can store until it is taken out, and what it stored is taken over.
TEST_F(Copies, AStoreRightBeforeTheUnmapIsKept) {
  view->store(0, 5);
  addresses.at_remove = [&] { view->store(8, 11); };
  write_word(16, 22);
  EXPECT_EQ(addresses.removals, 1u);
  EXPECT_EQ(read_word(0), 5u);
  EXPECT_EQ(read_word(8), 11u);
  EXPECT_EQ(read_word(16), 22u);
  EXPECT_EQ(view->load(8), 11u);
  view->store(8, 12);
  EXPECT_EQ(read_word(8), 12u);
}

// Without the rule: the mapping goes on storing to the block that was replaced.
TEST_F(Copies, AStoreAfterAnUnmapThatWasLeftOutIsLost) {
  view->store(0, 5);
  addresses.removes = false;
  write_word(16, 22);
  view->store(8, 11);
  EXPECT_EQ(read_word(8), 0u);
  EXPECT_EQ(view->load(16), 0u);
}

TEST_F(Copies, ABlockPunchedMeanwhileIsAHoleAroundTheWrite) {
  view->store(8, 11);
  view->store(page_bytes, 12);
  between = [&] { EXPECT_TRUE(file->punch({0, 8 * page_bytes}).ok()); };
  write_word(16, 22);
  EXPECT_EQ(read_word(8), 0u);
  EXPECT_EQ(read_word(16), 22u);
  EXPECT_EQ(view->load(page_bytes), 0u);
}

// What was cut in the middle of the write stays cut, also in the page where the file ends now.
TEST_F(Copies, AWriteCutInItsMiddleByATruncateStaysCut) {
  std::vector<std::byte> data(4 * page_bytes, std::byte{0x33});
  constexpr uint64_t end = 2 * page_bytes + 24;
  between = [&] { EXPECT_TRUE(file->truncate(end).ok()); };
  EXPECT_EQ(file->write(8, data).value(), data.size());
  EXPECT_EQ(file->size_bytes(), end);
  EXPECT_EQ(view->load(2 * page_bytes + 24), 0u);
  ASSERT_TRUE(file->truncate(8 * page_bytes).ok());
  EXPECT_EQ(read_word(2 * page_bytes + 16), 0x3333333333333333u);
  for (uint64_t at = end; at < 8 * page_bytes; at += 8) ASSERT_EQ(read_word(at), 0u) << at;
}

// Blocks of a reader's are kept until it is done; the space is back when the write returns.
TEST_F(Copies, SpaceIsBackWhenTheWriteReturns) {
  std::vector<std::byte> data(8 * page_bytes, std::byte{0x33});
  ASSERT_TRUE(file->write(0, data).ok());
  uint64_t free_blocks = files->space_use().free_blocks;
  for (int round = 0; round < 200; ++round) {
    ASSERT_TRUE(file->write(static_cast<uint64_t>(round), data).ok());
    ASSERT_TRUE(file->truncate(8 * page_bytes).ok());
  }
  EXPECT_EQ(files->space_use().free_blocks, free_blocks);
}

// One record of the log and its four fences, however many pages, whatever lies around them; when
// the map does not need another node.
TEST_F(Copies, OneWriteTakesFourFences) {
  write_word(0, 1);
  for (uint64_t page : {0u, 1u, 3u, 40u}) {  // the last one with a gap before it
    uint64_t offset = page * page_bytes + page;
    std::vector<std::byte> data(6 * page_bytes, std::byte{0x33});
    lab.counters.reset();
    ASSERT_TRUE(file->write(offset, data).ok());
    EXPECT_EQ(lab.counters.sum(Counter::fences), 4u) << offset;
  }
}

// What a wrong strategy may do with copies: it is told, and nothing is published.
class WrongCopies : public Copies {
 protected:
  void TearDown() override {
    SpaceUse use = files->space_use();
    EXPECT_EQ(use.used_blocks + use.free_blocks, use.total_blocks);
  }
  // The failure that a write of two pages ends with.
  std::string failure_of(Scripted::Script script) {
    std::vector<std::byte> data(2 * page_bytes, std::byte{0x33});
    EXPECT_TRUE(file->write(0, data).ok());
    std::fill(data.begin(), data.end(), std::byte{0x44});
    lab.writing.script = std::move(script);
    EXPECT_EQ(file->write(0, data).code(), ErrorCode::bad_plugin);
    return lab.failures.message().value_or("none");
  }
};

TEST_F(WrongCopies, PublishedAtOnceButReservedInPlace) {
  EXPECT_EQ(failure_of([](ByteRange range, WriteOps& ops) -> Result<uint64_t> {
              ops.reserve(range, Staging::in_place);
              EXPECT_TRUE(ops.copy(range).ok());
              return ops.publish_at_once(range);
            }),
            "write publishes file page 0 at once, of which it has no new copy");
}

TEST_F(WrongCopies, PublishedAtOnceBeforeCopying) {
  EXPECT_EQ(failure_of([](ByteRange range, WriteOps& ops) -> Result<uint64_t> {
              ops.reserve(range, Staging::copy_on_write);
              EXPECT_TRUE(ops.copy({0, page_bytes}).ok());
              return ops.publish_at_once(range);
            }),
            "write publishes file page 1 at once, of which it has no new copy");
  EXPECT_EQ(read_word(0), 0x3333333333333333u);
}

TEST_F(WrongCopies, PublishedTwice) {
  EXPECT_EQ(failure_of([](ByteRange range, WriteOps& ops) -> Result<uint64_t> {
              ops.reserve(range, Staging::copy_on_write);
              EXPECT_TRUE(ops.copy(range).ok());
              EXPECT_TRUE(ops.publish_at_once(range).ok());
              return ops.publish_at_once(range);
            }),
            "write publishes file page 0 at once, of which it has no new copy");
  EXPECT_EQ(read_word(0), 0x4444444444444444u);
}

TEST_F(WrongCopies, CopiedToAfterPublishing) {
  EXPECT_EQ(failure_of([](ByteRange range, WriteOps& ops) -> Result<uint64_t> {
              ops.reserve(range, Staging::copy_on_write);
              EXPECT_TRUE(ops.copy(range).ok());
              EXPECT_TRUE(ops.publish_at_once(range).ok());
              return ops.copy(range);
            }),
            "write copies to file page 0, which it has not reserved");
}

TEST_F(WrongCopies, PublishedOneByOne) {
  EXPECT_EQ(failure_of([](ByteRange range, WriteOps& ops) -> Result<uint64_t> {
              ops.reserve(range, Staging::copy_on_write);
              EXPECT_TRUE(ops.copy(range).ok());
              return ops.publish(range);
            }),
            "write publishes a copy of file page 0, but not at once");
}

// Not wrong, only short: the rest of the page stays as it was, not even zeroed.
TEST_F(Copies, PublishingLessThanWasCopiedChangesNoMore) {
  std::vector<std::byte> data(2 * page_bytes, std::byte{0x33});
  ASSERT_TRUE(file->write(0, data).ok());
  lab.writing.script = [](ByteRange range, WriteOps& ops) -> Result<uint64_t> {
    ops.reserve(range, Staging::copy_on_write);
    EXPECT_TRUE(ops.copy(range).ok());
    EXPECT_TRUE(ops.publish_at_once({range.offset_bytes, 64}).ok());
    return uint64_t{64};
  };
  std::fill(data.begin(), data.end(), std::byte{0x44});
  EXPECT_EQ(file->write(0, data).value(), 64u);
  EXPECT_EQ(read_word(56), 0x4444444444444444u);
  EXPECT_EQ(read_word(64), 0x3333333333333333u);
  EXPECT_EQ(read_word(page_bytes), 0x3333333333333333u);
}

TEST_F(Copies, LongerThanTheLogIsTooBigAndChangesNothing) {
  std::vector<std::byte> data(max_atomic_write_bytes + 8, std::byte{0x33});
  EXPECT_EQ(file->write(0, data).code(), ErrorCode::too_big);
  EXPECT_EQ(file->size_bytes(), 8 * page_bytes);
  EXPECT_EQ(read_word(0), 0u);
  data.resize(max_atomic_write_bytes);
  EXPECT_EQ(file->write(4, data).value(), data.size());
}

}  // namespace
}  // namespace daxlab
