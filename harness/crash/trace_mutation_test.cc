#include "harness/crash/trace_mutation.h"

#include <gtest/gtest.h>

#include <cstring>

#include "harness/crash/crash_image.h"

namespace daxlab {
namespace {

class TraceMutationTest : public testing::Test {
 protected:
  TraceMutationTest() : memory_(std::vector<std::byte>(cache_line_bytes)) {
    recorder_.start(memory_.bytes());
    auto* stored = reinterpret_cast<uint64_t*>(memory_.bytes().data());
    *stored = 1;
    recorder_.op_begins(0);
    recorder_.word_stored(stored, SourceLocation::current());
    recorder_.flushed(memory_.bytes().data(), 8, SourceLocation::current());
    recorder_.fenced(SourceLocation::current());
    recorder_.op_ends(0);
    trace_ = recorder_.stop();
  }
  static std::vector<EventKind> kinds_of(const PersistTrace& trace) {
    std::vector<EventKind> kinds;
    for (const PersistEvent& event : trace.events) kinds.push_back(event.kind);
    return kinds;
  }

  using enum EventKind;
  LineMemory memory_;
  PersistRecorder recorder_;
  PersistTrace trace_;
};

TEST_F(TraceMutationTest, DropTwiceAndDelay) {
  EXPECT_EQ(kinds_of(trace_), (std::vector{op_begins, word, flush, fence, op_ends}));
  EXPECT_EQ(kinds_of(mutated(trace_, 2, Mutation::drop)),
            (std::vector{op_begins, word, fence, op_ends}));
  EXPECT_EQ(kinds_of(mutated(trace_, 2, Mutation::twice)),
            (std::vector{op_begins, word, flush, fence, flush, op_ends}));
  EXPECT_EQ(kinds_of(mutated(trace_, 1, Mutation::delay)),
            (std::vector{op_begins, flush, word, fence, op_ends}));
  EXPECT_EQ(kinds_of(mutated(trace_, 3, Mutation::delay)),
            (std::vector{op_begins, word, flush, op_ends, fence}));
}

TEST_F(TraceMutationTest, AStoreIsRepeatedWhenItIsStale) {
  EXPECT_EQ(kinds_of(mutated(trace_, 1, Mutation::twice)), kinds_of(trace_)) << "it never is";
  recorder_.start(memory_.bytes());
  auto* stored = reinterpret_cast<uint64_t*>(memory_.bytes().data());
  for (uint64_t i : {0u, 1u, 0u}) {
    stored[i] += 2;
    recorder_.word_stored(stored + i, SourceLocation::current());
  }
  recorder_.fenced(SourceLocation::current());
  const PersistTrace stale = mutated(recorder_.stop(), 0, Mutation::twice);
  EXPECT_EQ(kinds_of(stale), (std::vector{word, word, word, word, fence}));
  uint64_t again = 0;
  std::memcpy(&again, stale.bytes_of(stale.events[3]).data(), sizeof again);
  EXPECT_EQ(stale.events[3].offset_bytes, 0u);
  EXPECT_EQ(again, 3u) << "what it stored first";
}

TEST_F(TraceMutationTest, MarksStay) {
  for (Mutation mutation : {Mutation::drop, Mutation::twice, Mutation::delay}) {
    EXPECT_EQ(kinds_of(mutated(trace_, 0, mutation)), kinds_of(trace_));
  }
}

TEST_F(TraceMutationTest, SitesAreLinesOfTheSources) {
  const auto sites = persist_sites(trace_);
  ASSERT_EQ(sites.size(), 3u);
  for (const auto& [site, events] : sites) {
    EXPECT_TRUE(site.place.starts_with("harness/crash/trace_mutation_test.cc:")) << site.place;
    EXPECT_EQ(events, 1u);
    const PersistTrace changed = without(trace_, site);
    EXPECT_EQ(changed.events.size(), trace_.events.size() - 1);
    EXPECT_EQ(persist_sites(changed).count(site), 0u);
  }
}

}  // namespace
}  // namespace daxlab
