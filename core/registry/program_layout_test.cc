// Where the parts of daxlab are found. What is really installed: harness/installed.
#include "core/registry/program_layout.h"

#include <gtest/gtest.h>

namespace daxlab {
namespace {

TEST(ProgramLayout, OfAProgramWithoutAnInstallationIsThatOfABuildFolder) {
  const ProgramLayout layout = layout_around("/nowhere/build/bin/daxlab_check");
  EXPECT_FALSE(layout.installed);
  EXPECT_EQ(layout.daxlab, "/nowhere/build/bin/daxlab");
  EXPECT_EQ(layout.programs, "/nowhere/build/bin");
  EXPECT_EQ(layout.plugins, "/nowhere/build/plugins");
  EXPECT_EQ(layout.configs, "/nowhere/build/share/daxlab/configs");
}

TEST(ProgramLayout, OfThisProgramIsThatOfTheBuild) {
  EXPECT_EQ(this_executable().filename(), "registry_test");
  EXPECT_FALSE(layout_around(this_executable()).installed);
}

TEST(ProgramLayout, OfNoPathAtAllNamesNothingThatIsInstalled) {
  EXPECT_FALSE(layout_around("").installed);
  EXPECT_FALSE(layout_around("daxlab").installed);
}

}  // namespace
}  // namespace daxlab
