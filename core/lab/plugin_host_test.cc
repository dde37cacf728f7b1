// What a plugin does with its host's locks and arenas is seen.
#include "core/lab/plugin_host.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "daxlab/types.h"

namespace daxlab {
namespace {

char* arena_of(PluginHost& host, CallLog& log, uint64_t length_bytes) {
  const InPlugin in_plugin(log, PluginCallback::alloc_init);
  return static_cast<char*>(host.arena(length_bytes));
}

TEST(PluginHost, ArenasAreZeroedAlignedAndWhollyTheirOwners) {
  for (const uint64_t length :
       {uint64_t{1}, uint64_t{1000}, page_bytes, 5 * page_bytes + 1, uint64_t{300} * page_bytes}) {
    CallLog log;
    PluginHost host(log);
    for (int i = 0; i < 3; ++i) {
      char* const arena = arena_of(host, log, length);
      ASSERT_NE(arena, nullptr);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(arena) % page_bytes, 0u);
      for (uint64_t at = 0; at < length; ++at) ASSERT_EQ(arena[at], 0) << at;
      std::memset(arena, 0x5a, length);
    }
    EXPECT_EQ(host.arena_overrun(), std::nullopt) << length;
  }
}

TEST(PluginHost, AWriteBehindAnArenaIsSeen) {
  for (const uint64_t length : {uint64_t{1000}, uint64_t{40} * page_bytes + 24}) {
    CallLog log;
    PluginHost host(log);
    char* const arena = arena_of(host, log, length);
    char* volatile behind = arena + length + 7;
    *behind = 0;
    EXPECT_EQ(host.arena_overrun(),
              "wrote behind the end of its arena of " + std::to_string(length) +
                  " bytes (asked for in init), at byte " + std::to_string(length + 7));
  }
}

TEST(PluginHost, ArenasAreNotedWhileTheyAreThere) {
  CallLog log;
  {
    PluginHost host(log);
    const auto arena = reinterpret_cast<uint64_t>(arena_of(host, log, 100));
    EXPECT_EQ(log.arenas[0].start.load(), arena);
    EXPECT_EQ(log.arenas[0].length_bytes, 100u);
    EXPECT_EQ(log.arenas[0].asked_in, PluginCallback::alloc_init);
  }
  EXPECT_EQ(log.arenas[0].start.load(), 0u);
}

TEST(PluginHost, ALockThatIsHeldAtReturnIsAnUnsafeDeed) {
  CallLog log;
  log.watch(CallLog::note);
  PluginHost host(log);
  uint32_t word = 0;
  {
    const InPlugin in_plugin(log, PluginCallback::alloc_free);
    host.lock(word);
    host.unlock(word);
  }
  EXPECT_FALSE(log.unsafe_answer.is_written());
  {
    const InPlugin in_plugin(log, PluginCallback::alloc_allocate);
    host.lock(word);
  }
  ASSERT_TRUE(log.unsafe_answer.is_written());
  EXPECT_EQ(log.unsafe_answer.kind, UnsafeKind::lock);
  EXPECT_EQ(log.unsafe_answer.callback, PluginCallback::alloc_allocate);
  EXPECT_STREQ(log.unsafe_answer.text.data(), "returned with its lock held");
  EXPECT_TRUE(log.unsafe_answer.place.is_known());
}

TEST(PluginHost, AnInnerCallIsNotAccusedOfALockOfTheOuterOne) {
  CallLog log;
  log.watch(CallLog::note);
  PluginHost host(log);
  uint32_t word = 0;
  const InPlugin outer(log, PluginCallback::write_write);
  host.lock(word);
  { const InPlugin inner(log, PluginCallback::alloc_allocate); }
  host.unlock(word);
  EXPECT_FALSE(log.unsafe_answer.is_written());
}

TEST(PluginHost, AnInnerCallThatKeepsItsLockIsNamedByThatLock) {
  CallLog log;
  log.watch(CallLog::note);
  PluginHost host(log);
  uint32_t outer_word = 0, inner_word = 0;
  const InPlugin outer(log, PluginCallback::write_write);
  host.lock(outer_word);
  {
    const InPlugin inner(log, PluginCallback::alloc_allocate);
    host.lock(inner_word);
  }
  EXPECT_EQ(log.unsafe_answer.callback, PluginCallback::alloc_allocate);
  const auto still_held = std::ranges::count_if(
      log.held_locks, [](const CallLog::HeldLock& held) { return held.word.load() != 0; });
  EXPECT_EQ(still_held, 1);
  host.unlock(outer_word);
  EXPECT_EQ(outer_word, 0u);
}

TEST(PluginHost, MoreLocksThanCanBeNotedAccuseNobody) {
  CallLog log;
  log.watch(CallLog::note);
  PluginHost host(log);
  std::vector<uint32_t> words(log.held_locks.size() + 3);
  const InPlugin in_plugin(log, PluginCallback::alloc_allocate);
  for (uint32_t& word : words) host.lock(word);
  for (uint32_t& word : words) host.unlock(word);
  EXPECT_FALSE(log.unsafe_answer.is_written());
  for (const uint32_t word : words) EXPECT_EQ(word, 0u);
}

TEST(PluginHost, NobodyIsWatchedUnlessAskedFor) {
  CallLog log;
  PluginHost host(log);
  uint32_t word = 0;
  {
    const InPlugin in_plugin(log, PluginCallback::alloc_allocate);
    host.lock(word);
  }
  EXPECT_FALSE(log.unsafe_answer.is_written());
  EXPECT_NE(word, 0u);
}

}  // namespace
}  // namespace daxlab
