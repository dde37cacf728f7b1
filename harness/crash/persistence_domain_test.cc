// What is certain with several threads, and with ADR and eADR: each trace has its known images.
#include <gtest/gtest.h>

#include "harness/crash/hand_trace_test.h"

namespace daxlab {
namespace {

using States = std::set<std::vector<uint64_t>>;
constexpr PersistenceDomain eadr = PersistenceDomain::eadr;

HandTrace four_lines() { return HandTrace(std::vector<std::byte>(4 * cache_line_bytes)); }

TEST(Threads, AFenceIsForWhatItsThreadFlushed) {
  HandTrace trace = four_lines();
  trace.by(1).store(0, 1).flush(0).by(2).fence();
  EXPECT_EQ(trace.states(1), (States{{0}, {1}})) << "thread 2 waits for nothing of thread 1";
  trace.by(1).fence();
  EXPECT_EQ(trace.states(1), (States{{1}}));
}

TEST(Threads, AFlushTakesTheLineWithItWhoeverStoredIt) {
  HandTrace trace = four_lines();
  trace.by(1).store(0, 1).by(2).store(1, 2).flush(1).by(1).store(0, 3).by(2).fence();
  EXPECT_EQ(trace.states(2), (States{{1, 2}, {3, 2}}));
}

TEST(Threads, TheEarlierFlushIsForgottenWhereALaterOneIsFenced) {
  HandTrace trace = four_lines();
  trace.by(1).store(0, 1).flush(0).by(2).store(0, 2).flush(0).fence();
  EXPECT_EQ(trace.states(1), (States{{2}}));
  trace.by(1).fence();
  EXPECT_EQ(trace.states(1), (States{{2}}));
}

TEST(Threads, AnEarlierFlushThatIsFencedLeavesTheLaterOneOpen) {
  HandTrace trace = four_lines();
  trace.by(1).store(0, 1).flush(0).by(2).store(0, 2).flush(0).store(0, 3).by(1).fence();
  EXPECT_EQ(trace.states(1), (States{{1}, {2}, {3}}));
  trace.by(2).fence();
  EXPECT_EQ(trace.states(1), (States{{2}, {3}}));
}

TEST(Eadr, StoresOfAThreadAreKeptInTheirOrder) {
  HandTrace trace = four_lines();
  trace.store(0, 1).store(8, 2);
  EXPECT_EQ(trace.states(9).size(), 4u) << "with ADR any of the two";
  const States first_so_many = trace.states(9, eadr);
  EXPECT_EQ(first_so_many.size(), 3u);
  for (const auto& words : first_so_many) EXPECT_TRUE(words[8] == 0 || words[0] == 1);
}

TEST(Eadr, AFenceIsEnoughAndAFlushIsNothing) {
  HandTrace trace = four_lines();
  trace.store(0, 1).flush(0);
  EXPECT_EQ(trace.states(1, eadr).size(), 2u);
  trace.store(1, 2).fence();
  EXPECT_EQ(trace.states(2, eadr), (States{{1, 2}}));
  EXPECT_EQ(trace.states(2), (States{{1, 0}, {1, 2}})) << "ADR wants the flush";
}

TEST(Eadr, StoresPastTheCacheComeInAnyOrder) {
  HandTrace trace = four_lines();
  std::vector<uint64_t> values(32, 0);
  values[0] = 1;
  values[31] = 2;
  trace.copy(0, values);
  EXPECT_EQ(trace.states(32, eadr).size(), 4u);
  HandTrace small = four_lines();
  small.copy(0, {1, 2});
  EXPECT_EQ(small.states(2, eadr), (States{{0, 0}, {1, 0}, {1, 2}})) << "by way of the cache";
}

TEST(Eadr, ThreadsAreIndependent) {
  HandTrace trace = four_lines();
  trace.by(1).store(0, 1).by(2).store(1, 2).by(1).store(2, 3);
  EXPECT_EQ(trace.states(3, eadr).size(), 6u) << "3 prefixes of thread 1, 2 of thread 2";
  trace.by(2).fence();
  EXPECT_EQ(trace.states(3, eadr), (States{{0, 2, 0}, {1, 2, 0}, {1, 2, 3}}));
}

TEST(Eadr, WhatWasAnsweredBeforeAnOperationOfAnotherThreadBeganIsThere) {
  HandTrace trace = four_lines();
  trace.by(1).mark(EventKind::op_begins).store(0, 1).mark(EventKind::op_ends).store(8, 2);
  EXPECT_EQ(trace.states(1, eadr), (States{{0}, {1}})) << "nobody knows of it yet";
  trace.mark(EventKind::op_begins);
  EXPECT_EQ(trace.states(1, eadr), (States{{0}, {1}})) << "its own next one says nothing";
  trace.by(2).mark(EventKind::op_begins);
  EXPECT_EQ(trace.states(1, eadr), (States{{1}}));
  EXPECT_EQ(trace.states(9, eadr).size(), 2u) << "what came after the answer is still open";
}

TEST(Eadr, WhatCameLaterLiesOverWhatCameEarlier) {
  HandTrace trace = four_lines();
  trace.by(1).store(0, 1).by(2).store(0, 2);
  EXPECT_EQ(trace.states(1, eadr), (States{{0}, {1}, {2}}));
  trace.fence();
  EXPECT_EQ(trace.states(1, eadr), (States{{2}}));
  trace.by(1).fence();
  EXPECT_EQ(trace.states(1, eadr), (States{{2}})) << "what was overtaken does not come back";
}

TEST(Images, ArePutBackAndKnownByTheirFingerprints) {
  HandTrace trace = four_lines();
  trace.store(0, 1).store(1, 2).store(0, 3);
  for (PersistenceDomain domain : {PersistenceDomain::adr, eadr}) {
    CrashImages images = trace.images(domain);
    ImageChoices choices;
    choices.find(images);
    std::set<uint64_t> prints;
    for (uint64_t number = 0; number < choices.count(false); ++number) {
      choices.put(number, images);
      prints.insert(images.fingerprint());
    }
    EXPECT_EQ(prints.size(), domain == eadr ? 4u : 6u);
    images.drop_open_lines();
    EXPECT_TRUE(images.is_restored());
  }
}

}  // namespace
}  // namespace daxlab
