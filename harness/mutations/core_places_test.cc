// Places are found in traces, and named by what stands there.
#include "harness/mutations/core_places.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace daxlab {
namespace {

TEST(CorePlaces, AreStepsOfTheCoreThatCanGoWrong) {
  const std::set<CorePlace> places = places_in(
      "#1 thread 0 lock object 0 core/dax/fault_path.cc:81\n"
      "#2 thread 1 load object 1 core/dax/dax_view.cc:7\n"
      "#3 thread 1 fence object 2 core/region/block_map.cc:214\n"
      "#4 thread 0 lock object 0 core/dax/fault_path.cc:81\n"
      "#5 thread 0 lock object 0 plugins/alloc/first_fit.cc:3\n"
      "#6 thread 0 relax object 0 core/lab/plugin_host.cc:3\n");
  EXPECT_EQ(places, (std::set<CorePlace>{{"core/dax/fault_path.cc:81", StepKind::lock},
                                         {"core/region/block_map.cc:214", StepKind::fence}}));
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
