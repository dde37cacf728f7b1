// The shipped strategies, looked at by `daxlab check` for some ten seconds in all: each row of
// configs/pairwise.yaml, so that every two values of two axes have met. ./harness/soak --check
// looks for longer.
#include <gmock/gmock.h>

#include <set>
#include <sstream>

#include "harness/end_to_end/experiment.h"
#include "harness/strategies/named_lab.h"
#include "harness/strategies/pairwise.h"

namespace daxlab {
namespace {

using testing::HasSubstr;

const std::string pairwise_config = DAXLAB_SOURCE_DIR "/configs/pairwise.yaml";
constexpr uint64_t milliseconds_of_all_rows = 11'000;

// As `daxlab check` shows it: switches are true, options in the order of the plugin's table.
std::string shown(const std::string& label) {
  if (label == "global_zero:keep_own=1") return "global_zero:keep_own=true";
  if (label == "global_zero:zero_page=own,around=8,keep_own=1") {
    return "global_zero:around=8,zero_page=own,keep_own=true";
  }
  return label;
}

std::vector<std::string> rows() {
  const auto faults = fault_variants(), writes = write_variants();
  const std::vector<std::string> allocs = {"first_fit", "extent_tree", "huge_aligned", "per_cpu"};
  std::vector<std::string> names;
  for (const auto& row : pairwise_rows({faults.size(), writes.size(), allocs.size()})) {
    names.push_back(shown(faults[row[0]]) + "/" + writes[row[1]] + "/" + allocs[row[2]]);
  }
  return names;
}

class ShippedCheck : public Experiment {};

TEST_F(ShippedCheck, FindsNothing) {
  const uint64_t combinations = rows().size();
  const std::string time =
      std::to_string(explored_by_each(milliseconds_of_all_rows, combinations)) + "ms";
  const ProcessOutcome outcome =
      run_daxlab({"check", pairwise_config, "--time", time, "--save", folder_.string()});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
  for (const std::string& row : rows()) EXPECT_THAT(outcome.out, HasSubstr(row + "  passed  "));
  const std::string all = std::to_string(combinations);
  EXPECT_THAT(outcome.out, HasSubstr(all + " of " + all + " combinations passed\n"));
}

TEST(PairwiseConfig, HasExactlyTheRows) {
  const ProcessOutcome listed = run_daxlab({"check", pairwise_config, "--list"});
  EXPECT_EQ(listed.exit_status, 0) << listed.error;
  std::istringstream lines(listed.out);
  std::set<std::string> in_config;
  for (std::string line; std::getline(lines, line);) in_config.insert(line);
  const std::vector<std::string> wanted = rows();
  EXPECT_EQ(in_config, std::set<std::string>(wanted.begin(), wanted.end()));
}

}  // namespace
}  // namespace daxlab
