#include "harness/compare/comparison.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "harness/compare/comparison_report.h"

namespace daxlab {
namespace {

// Runs of a machine with a spread of 2 %.
class Machine {
 public:
  explicit Machine(uint64_t seed) : random_(seed) {}
  std::vector<double> runs(size_t count, double usual) {
    std::vector<double> figures(count);
    for (double& figure : figures) figure = usual * (1 + 0.02 * spread_(random_));
    return figures;
  }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<double> spread_;
};

// 100 cells, of which some became slower by such a factor.
std::vector<PairedSample> matrix(uint64_t seed, size_t runs, size_t slower, double factor) {
  Machine machine(seed);
  std::vector<PairedSample> samples;
  for (size_t i = 0; i < 100; ++i) {
    samples.push_back({"cell " + std::to_string(i), machine.runs(runs, 1000),
                       machine.runs(runs, i < slower ? 1000 * factor : 1000)});
  }
  return samples;
}

TEST(Comparison, FindsTheCellsThatBecameSlowerAndNoOthers) {
  const Comparison found = compare(matrix(1, 15, 5, 1.1), {});
  EXPECT_EQ(found.count(Difference::regression), 5u);
  EXPECT_EQ(found.count(Difference::improvement), 0u);
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(found.cells[i].difference, Difference::regression);
    EXPECT_TRUE(found.cells[i].interval.contains(1.1) ||
                std::abs(found.cells[i].ratio - 1.1) < 0.03);
  }
}

TEST(Comparison, SaysWhichWayIsBetter) {
  ComparisonSettings settings;
  EXPECT_EQ(compare(matrix(2, 15, 3, 0.8), settings).count(Difference::improvement), 3u);
  settings.more_is_better = true;
  EXPECT_EQ(compare(matrix(2, 15, 3, 0.8), settings).count(Difference::regression), 3u);
}

TEST(Comparison, TellsWhatIsWithinTheThresholdApart) {
  ComparisonSettings settings;
  settings.threshold = 0.2;
  const Comparison found = compare(matrix(3, 15, 4, 1.1), settings);
  EXPECT_EQ(found.count(Difference::small), 4u);
  EXPECT_EQ(found.count(Difference::regression), 0u);
}

// However large the difference, five runs of each side cannot show it among 100 cells.
TEST(Comparison, SaysWhenThereAreTooFewRuns) {
  const Comparison few = compare(matrix(4, 7, 100, 2), {});
  EXPECT_EQ(few.count(Difference::too_few), 100u);
  EXPECT_EQ(few.runs_needed, 8u);
  EXPECT_EQ(compare(matrix(4, 8, 100, 2), {}).count(Difference::regression), 100u);
  EXPECT_NE(as_text(few, {}, false).find("with 100 cells 8 are needed on each side"),
            std::string::npos);
}

TEST(Comparison, OfNothingToNothingIsNoDifference) {
  const Comparison found = compare({{"zero", std::vector<double>(9, 0), std::vector<double>(9, 0)},
                                    {"more", std::vector<double>(9, 0), std::vector<double>(9, 5)}},
                                   {});
  EXPECT_EQ(found.cells[0].difference, Difference::none_found);
  EXPECT_EQ(found.cells[0].ratio, 1);
  EXPECT_EQ(found.cells[1].difference, Difference::regression);
  EXPECT_TRUE(std::isinf(found.cells[1].ratio));
  EXPECT_TRUE(compare({}, {}).cells.empty());
}

TEST(Comparison, IsShownWithFiguresOfTheMetric) {
  Metric memory{"memory"};
  const Comparison found =
      compare({{"a/b", std::vector<double>(9, 4096), std::vector<double>(9, 8192)}}, {});
  const std::string text = as_text(found, memory, false);
  EXPECT_NE(text.find("4.00 KiB"), std::string::npos) << text;
  EXPECT_NE(text.find("REGRESSION"), std::string::npos) << text;
  EXPECT_NE(text.find("1 cells compared by memory: 1 regressions"), std::string::npos) << text;
  EXPECT_EQ(as_json(found, memory)["cells"][0]["ratio"], 2.0);
}

}  // namespace
}  // namespace daxlab
