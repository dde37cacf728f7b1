// The shipped strategies, looked at by `daxlab check` for a while: each row of
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
// 44 rows: 5 minutes of one processor in all, and seconds where sanitizers watch.
const std::string time_of_a_row = DAXLAB_CHECK_TIME;

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

class ShippedCheck : public Experiment, public testing::WithParamInterface<std::string> {};

TEST_P(ShippedCheck, FindsNothing) {
  const ProcessOutcome outcome = run_daxlab({"check", pairwise_config, "--combinations", GetParam(),
                                             "--time", time_of_a_row, "--save", folder_.string()});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr(GetParam() + "  passed  "));
  EXPECT_THAT(outcome.out, HasSubstr("1 of 1 combinations passed\n"));
}

std::string row_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& letter : name) {
    if (!isalnum(static_cast<unsigned char>(letter))) letter = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Pairwise, ShippedCheck, testing::ValuesIn(rows()), row_name);

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
