// Which calls of a file are in a trace.
#include <gmock/gmock.h>
#include <sys/mman.h>

#include "core/base/trace.h"
#include "core/engine/simulator/simulated_address_space.h"
#include "core/lab/bare_lab.h"

namespace daxlab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class TracedCalls : public testing::Test {
 protected:
  void SetUp() override {
    // Zeros, of which only what is used becomes memory.
    void* const memory = mmap(nullptr, sizeof(Trace), PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    ASSERT_NE(memory, MAP_FAILED);
    trace_ = static_cast<Trace*>(memory);
    lab_.counters.keep_trace(trace_);
    trace_->begin();
  }
  void TearDown() override {
    lab_.counters.keep_trace(nullptr);
    munmap(trace_, sizeof(Trace));
  }
  std::vector<std::pair<TraceKind, ErrorCode>> seen() const {
    std::vector<std::pair<TraceKind, ErrorCode>> all;
    trace_->for_each([&](const TraceEvent& event) {
      all.emplace_back(event.kind, static_cast<ErrorCode>(event.result));
    });
    return all;
  }

  BareLab lab_;
  SimulatedAddressSpace addresses_{*lab_.region};
  std::unique_ptr<DaxFileSystem> files_ = lab_.files_on(addresses_);
  std::unique_ptr<File> file_ = files_->create("file").take();
  Trace* trace_ = nullptr;
};

TEST_F(TracedCalls, AreThereAlsoIfTheyAreRefused) {
  EXPECT_EQ(file_->truncate(UINT64_MAX).code(), ErrorCode::too_big);
  EXPECT_EQ(file_->punch({0, 0}).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(file_->preallocate({UINT64_MAX, 2}).code(), ErrorCode::too_big);
  EXPECT_EQ(file_->map({0, 0}).code(), ErrorCode::invalid_argument);
  EXPECT_THAT(seen(), ElementsAre(std::pair(TraceKind::truncate, ErrorCode::too_big),
                                  std::pair(TraceKind::punch, ErrorCode::invalid_argument),
                                  std::pair(TraceKind::preallocate, ErrorCode::too_big),
                                  std::pair(TraceKind::map, ErrorCode::invalid_argument)));
}

TEST_F(TracedCalls, AreLeftOutWhereNoTimesAreKept) {
  lab_.counters.keep_times(false);
  EXPECT_TRUE(file_->truncate(page_bytes).ok());
  EXPECT_TRUE(file_->sync().ok());
  EXPECT_THAT(seen(), IsEmpty());
}

}  // namespace
}  // namespace daxlab
