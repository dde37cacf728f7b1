// Labs in a child that has signals of its own, of a process that has had labs.
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/registry/child_process.h"
#include "harness/strategies/bad_buffer_test.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

// Empty, or what went wrong.
std::string tried_lab(EngineKind engine) {
  const auto lab = make_lab({.engine = engine});
  auto file = lab->files().create("file");
  if (!file.ok()) return "create";
  const BadBuffer buffer(Behind::no_access);
  if (file.value()->write(0, buffer.of(100, 0)).code() != ErrorCode::bad_address) return "write";
  if (!file.value()->truncate(2 * page_bytes).ok()) return "truncate";
  const auto view = file.value()->map({0, 4});
  if (!view.ok()) return "map";
  View& mapped = *view.value();
  if (!mapped.try_store(8, 42).ok() || mapped.load(8) != 42) return "store";
  if (mapped.load(page_bytes) != 0) return "load";
  return mapped.try_load(2 * page_bytes).ok() ? "end" : "";
}

std::string word_for(EngineKind engine) { return engine == EngineKind::mmu ? "mmu" : "simulator"; }

class ChildLabs : public testing::TestWithParam<std::pair<EngineKind, EngineKind>> {};

TEST_P(ChildLabs, SurviveWhatTheirParentsDo) {
  const auto [engine, engine_of_child] = GetParam();
  const auto kept = make_lab({.engine = engine});
  EXPECT_EQ(tried_lab(engine), "");
  const auto child = run_in_child(
      [&, of_child = engine_of_child](int descriptor) {
        const std::string answer = tried_lab(of_child) + ".";
        if (write(descriptor, answer.data(), answer.size()) < 0) _exit(1);
      },
      std::chrono::seconds(60));
  ASSERT_TRUE(child.ok()) << child.error().message;
  EXPECT_EQ(child.value().written, ".") << child.value().describe_end();
  EXPECT_EQ(tried_lab(engine), "");
}

INSTANTIATE_TEST_SUITE_P(All, ChildLabs,
                         testing::Values(std::pair(EngineKind::simulator, EngineKind::simulator),
                                         std::pair(EngineKind::simulator, EngineKind::mmu),
                                         std::pair(EngineKind::mmu, EngineKind::mmu)),
                         [](const auto& test) {
                           return word_for(test.param.first) + "_" + word_for(test.param.second);
                         });

}  // namespace
}  // namespace daxlab
