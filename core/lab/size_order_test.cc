// When the end of a file moves: what others may rely on, and what they must not see.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <thread>
#include <vector>

#include "core/engine/simulator/simulated_address_space.h"
#include "core/lab/bare_lab.h"
#include "core/recovery/recovery.h"

namespace daxlab {
namespace {

// Does something right after a word was stored, while nothing has flushed it yet.
class AfterStore final : public PersistObserver {
 public:
  AfterStore(const uint64_t* word, std::function<void()> action)
      : word_(word), action_(std::move(action)) {}
  void word_stored(const uint64_t* to, SourceLocation) noexcept override {
    if (to == word_) std::exchange(action_, [] {})();
  }
  void bytes_stored(const std::byte*, uint64_t, SourceLocation) noexcept override {}
  void flushed(const std::byte*, uint64_t, SourceLocation) noexcept override {}
  void fenced(SourceLocation) noexcept override {}

 private:
  const uint64_t* word_;
  std::function<void()> action_;
};

class SizeOrder : public testing::Test {
 protected:
  SizeOrder() {
    lab.writing.script = [](ByteRange range, WriteOps& ops) -> Result<uint64_t> {
      if (ops.reserve(range, Staging::in_place) < range.length_bytes) return ErrorCode::no_space;
      if (Status status = ops.copy(range); !status.ok()) return status;
      if (Status status = ops.publish(range); !status.ok()) return status;
      return range.length_bytes;
    };
  }
  void write_bytes(uint64_t offset, uint64_t length_bytes) {
    const std::vector<std::byte> bytes(length_bytes, std::byte{7});
    ASSERT_TRUE(file->write(offset, bytes).ok());
  }

  BareLab lab;
  SimulatedAddressSpace addresses{*lab.region};
  std::unique_ptr<DaxFileSystem> files = lab.files_on(addresses);
  std::unique_ptr<File> file = files->create("file").take();
};

// Who writes in the middle of a file need not wait for the end, so the end they see must be
// durable.
TEST_F(SizeOrder, NobodySeesASizeThatACrashCouldTakeBack) {
  const uint64_t* size_word = &lab.inodes.inode(lab.inodes.find("file").value()).size_bytes;
  uint64_t seen_bytes = ~uint64_t{0};
  AfterStore observer(size_word, [&] {
    std::thread other([&] { seen_bytes = file->size_bytes(); });
    other.join();
  });
  lab.region->persist().observe(&observer);
  write_bytes(0, page_bytes);
  lab.region->persist().observe(nullptr);
  EXPECT_EQ(seen_bytes, 0u) << "stored, but neither flushed nor fenced";
  EXPECT_EQ(file->size_bytes(), page_bytes);
}

// Stores behind the end, in its page, are the past of the file: they do not come back.
TEST_F(SizeOrder, PreallocatingOverTheEndShowsZerosBehindIt) {
  write_bytes(0, 100);
  std::unique_ptr<View> view = file->map({0, 1}).take();
  view->store(200, 0x5757);
  ASSERT_TRUE(file->preallocate({0, page_bytes}).ok());
  EXPECT_EQ(file->size_bytes(), page_bytes);
  EXPECT_EQ(read_word(*file, 200), 0u);
  EXPECT_EQ(view->load(200), 0u);
}

// Pages 511 and 513 have blocks; a write over 511 and 512 has stored to the first when a punch of
// 513 takes the second one's leaf out of the map, and nobody has a block for a new one.
TEST_F(SizeOrder, AWriteThatHasStoredInPlaceDoesNotFailForWantOfANode) {
  ASSERT_TRUE(file->preallocate({511 * page_bytes, page_bytes}).ok());
  ASSERT_TRUE(file->preallocate({513 * page_bytes, page_bytes}).ok());
  BlockMap map(*lab.region, lab.inodes.inode(lab.inodes.find("file").value()));
  std::jthread puncher;
  lab.writing.script = [&](ByteRange range, WriteOps& ops) -> Result<uint64_t> {
    EXPECT_EQ(ops.reserve(range, Staging::in_place), range.length_bytes);
    while (lab.allocator->allocate(0, 1, 1).ok()) {
    }
    puncher = std::jthread([&] { EXPECT_TRUE(file->punch({513 * page_bytes, page_bytes}).ok()); });
    while (map.missing_nodes({512, 1}) == 0) std::this_thread::yield();
    if (Status status = ops.copy(range); !status.ok()) return status;
    if (Status status = ops.publish(range); !status.ok()) return status;
    return range.length_bytes;
  };
  write_bytes(511 * page_bytes, 2 * page_bytes);
  EXPECT_EQ(read_word(*file, 512 * page_bytes), 0x0707070707070707u);
}

}  // namespace
}  // namespace daxlab
