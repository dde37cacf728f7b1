#include "core/base/failure_log.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace daxlab {
namespace {

TEST(FailureLog, IsEmptyAtFirst) {
  FailureLog log;
  EXPECT_FALSE(log.failed());
  EXPECT_EQ(log.message(), std::nullopt);
}

TEST(FailureLog, KeepsTheFirstReport) {
  FailureLog log;
  log.report(PluginCallback::alloc_allocate,
             "returned block %llu, outside the region of %llu blocks", 99999, 16384);
  log.report(PluginCallback::fault_fault, "returned nonsense");
  ASSERT_TRUE(log.failed());
  EXPECT_EQ(log.callback(), PluginCallback::alloc_allocate);
  EXPECT_EQ(*log.message(), "allocate returned block 99999, outside the region of 16384 blocks");
}

TEST(FailureLog, LeavesACopyForWhoSurvives) {
  CallLog calls;
  FailureLog log(&calls);
  EXPECT_FALSE(calls.unsafe_answer.is_written());
  log.report(PluginCallback::fault_fault, "returned %llu", 7);
  log.report(PluginCallback::write_write, "returned nonsense");
  EXPECT_TRUE(calls.unsafe_answer.is_written());
  EXPECT_EQ(calls.unsafe_answer.callback, PluginCallback::fault_fault);
  EXPECT_STREQ(calls.unsafe_answer.text.data(), "returned 7");
}

TEST(FailureLog, CutsWhatIsTooLong) {
  FailureLog log;
  std::string cause(1000, 'x');
  log.report(PluginCallback::write_write, cause.c_str());
  EXPECT_EQ(*log.message(), "write " + std::string(255, 'x'));
}

TEST(FailureLog, OneOfManyThreadsIsKeptWhole) {
  FailureLog log;
  std::vector<std::jthread> threads;
  for (uint64_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&log, thread] {
      log.report(PluginCallback::fault_fault, "%llu %llu %llu %llu", thread, thread, thread,
                 thread);
      // Not sooner than the report that was first is whole.
      if (log.failed()) {
        EXPECT_EQ(log.message()->size(), std::string("fault 0 0 0 0").size());
      }
    });
  }
  threads.clear();
  std::string message = log.message().value_or("");
  ASSERT_EQ(message.size(), 13u);
  std::string digit = message.substr(6, 1);
  EXPECT_EQ(message, "fault " + digit + " " + digit + " " + digit + " " + digit);
}

}  // namespace
}  // namespace daxlab
