// The same histories on every engine: nothing is wrong with any, and all answer alike.
#include <gtest/gtest.h>

#include "harness/histories/random_history.h"
#include "harness/judges/gather.h"
#include "harness/judges/judge_all.h"
#include "harness/judges/parity.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

const std::vector<std::string> fault_names = {"page_zero", "global_zero", "native_zero",
                                              "alloc_on_read"};

uint64_t histories_of_each() { return explored_by_each(160, fault_names.size()); }

struct Engine {
  std::string name;
  std::unique_ptr<Lab> lab;
};

std::vector<Engine> engines_with(const std::string& fault, const std::string& write) {
  std::vector<Engine> engines;
  for (const auto& [name, engine] :
       std::vector<std::pair<std::string, EngineKind>>{{"baseline", EngineKind::baseline},
                                                       {"simulator", EngineKind::simulator},
                                                       {"mmu", EngineKind::mmu}}) {
    engines.push_back({name, make_lab({.engine = engine, .fault = fault, .write = write})});
  }
  return engines;
}

class Engines : public testing::TestWithParam<std::string> {};

TEST_P(Engines, AnswerAlike) {
  const std::string write = GetParam() == "native_zero" ? "atomic" : "partial";
  const std::vector<Engine> engines = engines_with(GetParam(), write);
  for (uint64_t seed = first_seed(); seed < first_seed() + histories_of_each(); ++seed) {
    std::vector<EngineAnswers> answers;
    for (const Engine& engine : engines) {
      answers.push_back(
          {engine.name, gather(*engine.lab, random_history(seed),
                               {.atomic_writes = write == "atomic", .fill_free_blocks = false})});
      const auto verdict = judge_all(answers.back().evidence);
      ASSERT_FALSE(verdict) << engine.name << ", seed " << seed << ": " << to_text(*verdict);
    }
    const auto verdict = judge_parity(answers);
    ASSERT_FALSE(verdict) << "seed " << seed << ": " << to_text(*verdict);
    ASSERT_FALSE(answers[0].evidence.at_end.empty());
  }
}

TEST_P(Engines, RunOutOfSpaceAsTheyShould) {
  const NamedLab names{
      .engine = EngineKind::mmu, .fault = GetParam(), .region_bytes = uint64_t{68} << 10};
  auto lab = make_lab(names);
  for (uint64_t seed = first_seed(); seed < first_seed() + histories_of_each(); ++seed) {
    const auto verdict = judge_all(gather(*lab, random_history(seed), {}));
    ASSERT_FALSE(verdict) << "seed " << seed << ": " << to_text(*verdict);
  }
}

TEST(Parity, ASimulatorThatIsWrongDiffersFromTheKernel) {
  auto kernel = make_lab({.engine = EngineKind::baseline});
  auto wrong = make_lab({.engine = EngineKind::simulator, .fault = "global_zero_without_unmap"});
  uint64_t found = 0;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    const History history = random_history(seed);
    const std::vector<EngineAnswers> answers{
        {"baseline", gather(*kernel, history, {})},
        {"simulator", gather(*wrong, history, {.fill_free_blocks = false})}};
    if (judge_parity(answers)) ++found;
  }
  EXPECT_GT(found, 0u);
}

INSTANTIATE_TEST_SUITE_P(Judges, Engines, testing::ValuesIn(fault_names));

}  // namespace
}  // namespace daxlab
