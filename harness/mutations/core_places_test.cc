// Places are found in traces, and named by what stands there.
#include "harness/mutations/core_places.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <utility>
#include <vector>

#include "harness/check/trial.h"
#include "harness/histories/random_history.h"
#include "harness/mutations/child_check.h"

namespace daxlab {
namespace {

TEST(CorePlaces, AreStepsOfTheCoreThatCanGoWrong) {
  const CheckSubject subject = subject_of({});
  Case shown;
  shown.config = subject.config;
  shown.region_bytes = uint64_t{1} << 20;
  shown.program = random_history(1);
  auto trial = TrialRunner(subject, {}).run(shown, nullptr, /*keep_trace=*/true);
  ASSERT_TRUE(trial.ok()) << trial.error().message;
  std::vector<StepTaken> trace = std::move(trial.value().traces.at(0));
  trace.push_back({.kind = StepKind::lock, .where = SourceLocation::current()});
  const std::set<CorePlace> places = places_in(trace);
  uint64_t fences = 0, left_out = 0;
  for (const StepTaken& step : trace) {
    const std::string place = place_of(step.where);
    const bool is_place = places.contains({place, step.kind});
    if (step.kind == StepKind::fence) ++fences;
    EXPECT_TRUE(is_place || step.kind != StepKind::fence) << place;
    EXPECT_FALSE(is_place && !place.starts_with("core/")) << place;
    EXPECT_FALSE(is_place && step.kind == StepKind::load) << place;
    if (!is_place) ++left_out;
  }
  EXPECT_GT(fences, 0u);
  EXPECT_GT(left_out, 1u);
}

class NamesOfPlaces : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_ / "core");
    std::ofstream(folder_ / "core/some.cc") << "namespace {\n"
                                               "\n"
                                               "Status first(Lock& lock,\n"
                                               "             int more) {\n"
                                               "  lock.lock();\n"
                                               "}\n"
                                               "\n"
                                               "void Some::second() {\n"
                                               "  if (call(1)) {\n"
                                               "    lock.lock();\n"
                                               "  }\n"
                                               "}\n";
    std::ofstream(folder_ / "core/some.h") << "class Some {\n"
                                              "  void set(int a) {\n"
                                              "    lock.lock();\n"
                                              "  }\n"
                                              "};\n";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string named(const std::string& place) const {
    return name_of(CorePlace{place, StepKind::lock}, folder_);
  }
  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("core_places." + std::to_string(getpid()));
};

TEST_F(NamesOfPlaces, AreFileFunctionAndKind) {
  EXPECT_EQ(named("core/some.cc:5"), "core/some.cc first lock");
  EXPECT_EQ(named("core/some.cc:10"), "core/some.cc second lock");
  EXPECT_EQ(named("core/some.h:3"), "core/some.h set lock");
}

TEST_F(NamesOfPlaces, OfWhatIsNotThereSaySo) {
  EXPECT_EQ(named("core/some.cc:500"), "core/some.cc ? lock");
  EXPECT_EQ(named("core/none.cc:1"), "core/none.cc ? lock");
}

}  // namespace
}  // namespace daxlab
