#include "core/base/call_log.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <latch>
#include <new>
#include <string>
#include <thread>
#include <type_traits>

namespace daxlab {
namespace {

TEST(CallLog, NamesTheCallbackForAScope) {
  CallLog log;
  EXPECT_EQ(log.culprit(), PluginCallback::none);
  {
    InPlugin outer(log, PluginCallback::fault_fault);
    EXPECT_EQ(log.culprit(), PluginCallback::fault_fault);
    {
      InPlugin inner(log, PluginCallback::alloc_allocate);
      EXPECT_EQ(log.culprit(), PluginCallback::alloc_allocate);
    }
    EXPECT_EQ(log.culprit(), PluginCallback::fault_fault);
  }
  EXPECT_EQ(log.culprit(), PluginCallback::none);
}

TEST(CallLog, PrefersTheThreadThatCrashed) {
  CallLog log;
  std::latch inside(1), looked(1);
  std::jthread other([&] {
    InPlugin in_plugin(log, PluginCallback::write_write);
    log.mark_crashed();
    inside.count_down();
    looked.wait();
  });
  inside.wait();
  InPlugin in_plugin(log, PluginCallback::fault_page_mkwrite);
  EXPECT_EQ(log.culprit(), PluginCallback::write_write);
  looked.count_down();
}

TEST(CallLog, CrashOutsideAnyCallbackBlamesNobody) {
  CallLog log;
  log.mark_crashed();
  EXPECT_EQ(log.culprit(), PluginCallback::none);
}

TEST(CallLog, OutlivesTheProcess) {
  static_assert(std::is_trivially_destructible_v<CallLog>);
  void* memory =
      mmap(nullptr, sizeof(CallLog), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  auto* log = new (memory) CallLog;
  pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    InPlugin in_plugin(*log, PluginCallback::alloc_free);
    log->mark_crashed();
    _exit(3);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 3);
  EXPECT_EQ(log->culprit(), PluginCallback::alloc_free);
  munmap(memory, sizeof(CallLog));
}

TEST(CallLog, EveryCallbackHasAKindAndAFunction) {
  for (uint32_t i = 1; i <= static_cast<uint32_t>(PluginCallback::load_alloc); ++i) {
    auto callback = static_cast<PluginCallback>(i);
    std::string kind = plugin_kind_of(callback);
    EXPECT_TRUE(kind == "fault" || kind == "write" || kind == "alloc") << i;
    EXPECT_STRNE(function_of(callback), "nothing") << i;
  }
  EXPECT_STREQ(plugin_kind_of(PluginCallback::fault_page_mkwrite), "fault");
  EXPECT_STREQ(function_of(PluginCallback::fault_page_mkwrite), "page_mkwrite");
  EXPECT_STREQ(plugin_kind_of(PluginCallback::none), "no plugin");
  EXPECT_STREQ(function_of(PluginCallback::none), "nothing");
}

}  // namespace
}  // namespace daxlab
