// Every hazard is found, with the settings that `daxlab check` has by itself, by the judge that its
// row in plugins/hazards/README.md names. Not shrunk, as it would be there: shrinking keeps the
// judge, and is harness/check's matter.
#include <gtest/gtest.h>

#include <cstdio>

#include "harness/mutations/child_check.h"
#include "harness/mutations/hazard_table.h"

namespace daxlab {
namespace {

const std::filesystem::path folder = std::filesystem::path(DAXLAB_SOURCE_DIR) / "plugins/hazards";

std::vector<Hazard> all_hazards() {
  ErrorOr<std::vector<Hazard>> hazards = hazards_in(folder / "README.md");
  return hazards.ok() ? hazards.take() : std::vector<Hazard>{};
}

TEST(HazardTable, EachRowNamesAHazardAndJudges) {
  const ErrorOr<std::vector<Hazard>> hazards = hazards_in(folder / "README.md");
  ASSERT_TRUE(hazards.ok()) << hazards.error().message;
  EXPECT_FALSE(hazards.value().empty());
}

TEST(HazardTable, EachHazardHasOneRowAndEachRowIsAHazard) {
  std::set<std::string> rows;
  for (const Hazard& hazard : all_hazards()) {
    EXPECT_TRUE(rows.insert(hazard.name).second) << hazard.name << " has two rows";
  }
  EXPECT_EQ(rows, plugins_in(folder));
}

CheckedNames with(const Hazard& hazard) {
  CheckedNames names;
  if (hazard.kind == PluginKind::fault) names.fault = hazard.name;
  if (hazard.kind == PluginKind::write) names.write = hazard.name;
  if (hazard.kind == PluginKind::alloc) names.alloc = hazard.name;
  return names;
}

std::string to_text(const JudgeSet& judges) {
  std::string text;
  for (const JudgeName judge : judges)
    text += std::string(text.empty() ? "" : ", ") + name_of(judge);
  return text;
}

class Hazards : public testing::TestWithParam<Hazard> {};

TEST_P(Hazards, IsFoundByItsJudge) {
  const Hazard& hazard = GetParam();
  CheckSettings settings;
  // For slow and busy machines: one deadlock takes some ten seconds of a processor to be met.
  settings.time = std::chrono::minutes(5);
  settings.shrinking_time = {};
  const auto report = check_in_child(with(hazard), settings, std::chrono::minutes(6));
  ASSERT_TRUE(report.ok()) << report.error().message;
  const ChildReport& child = report.value();
  ASSERT_FALSE(child.crashed) << child.finding;
  ASSERT_TRUE(child.judge.has_value()) << "nothing was found in 5 min";
  std::printf("%-36s %8.0f ms  %s\n", hazard.name.c_str(),
              std::chrono::duration<double, std::milli>(child.time).count(), child.finding.c_str());
  EXPECT_TRUE(hazard.found_by.contains(*child.judge))
      << "the README says: " << to_text(hazard.found_by) << "; found: " << child.finding;
}

INSTANTIATE_TEST_SUITE_P(All, Hazards, testing::ValuesIn(all_hazards()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace daxlab
