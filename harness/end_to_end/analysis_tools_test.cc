// What other programs read: Google Benchmark's compare.py, and tables.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>

#include "harness/end_to_end/experiment.h"

namespace daxlab {
namespace {

using testing::HasSubstr;

const std::string analysed_yaml =
    "region: {size: 16MiB}\nrepetitions: 3\n"
    "matrix: {fault: [page_zero, global_zero]}\n"
    "workloads: [{name: hole_read, size: 256KiB}, {name: mkwrite, size: 256KiB}]\n";

// compare.py, as gbench/report.py and gbench/util.py of Google Benchmark 1.7.1 do it: sorts the
// runs, groups those of one name and unit, and sets the groups of two files side by side. Every key
// is used as there, so that one that is missing or of another type fails here as it would there.
struct Group {
  std::string name, label, time_unit, run_type;
  std::vector<std::pair<double, double>> real_times, cpu_times;  // of both files
};

std::vector<Json> sorted_runs(const Json& document) {
  std::vector<Json> runs = document["benchmarks"].items();
  for (const char* key : {"repetition_index", "per_family_instance_index", "family_index"}) {
    std::stable_sort(runs.begin(), runs.end(), [&](const Json& a, const Json& b) {
      return a[key].as_signed().value_or(-1) < b[key].as_signed().value_or(-1);
    });
  }
  return runs;
}

std::vector<Json> runs_of(const std::vector<Json>& runs, const Json& name, const Json& unit) {
  std::vector<Json> found;
  std::copy_if(runs.begin(), runs.end(), std::back_inserter(found),
               [&](const Json& run) { return run["name"] == name && run["time_unit"] == unit; });
  return found;
}

// Throws what is none.
double number(const Json& json) { return json.as_double().value(); }

std::vector<Group> compare(const Json& left, const Json& right) {
  const std::vector<Json> a = sorted_runs(left), b = sorted_runs(right);
  std::vector<Group> groups;
  std::vector<std::string> seen;
  for (const Json& run : a) {
    const std::string name = run["name"].text();
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) continue;
    seen.push_back(name);
    const auto lhs = runs_of(a, run["name"], run["time_unit"]);
    const auto rhs = runs_of(b, run["name"], run["time_unit"]);
    if (rhs.empty()) continue;
    Group group{name, run["label"].text(), run["time_unit"].text(), run["run_type"].text(), {}, {}};
    for (size_t i = 0; i < std::min(lhs.size(), rhs.size()); ++i) {
      group.real_times.emplace_back(number(lhs[i]["real_time"]), number(rhs[i]["real_time"]));
      group.cpu_times.emplace_back(number(lhs[i]["cpu_time"]), number(rhs[i]["cpu_time"]));
    }
    groups.push_back(group);
  }
  return groups;
}

// Zero times would make it leave the overall mean out.
double geometric_mean(const Json& document, const char* key) {
  const std::map<std::string, double> seconds = {
      {"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}};
  double sum = 0;
  for (const Json& run : document["benchmarks"].items()) {
    sum += std::log(number(run[key]) * seconds.at(run["time_unit"].text()));
  }
  return std::exp(sum / static_cast<double>(document["benchmarks"].size()));
}

class AnalysisTools : public Experiment {};

TEST_F(AnalysisTools, ComparePyReadsTwoFiles) {
  run_all_pass(analysed_yaml);
  const Json left = results_;
  run(analysed_yaml, {"--cells", "*/page_zero/*", "--set", "repetitions=2", "--jobs", "2"});
  const std::vector<Group> groups = compare(left, results_);
  ASSERT_EQ(groups.size(), 2u);
  for (const Group& group : groups) {
    EXPECT_THAT(group.name, HasSubstr("/page_zero/"));
    EXPECT_EQ(group.time_unit, "ns");
    EXPECT_EQ(group.run_type, "iteration");
    EXPECT_THAT(group.label, HasSubstr("medium=memfd"));
    EXPECT_EQ(group.real_times.size(), 2u);
    for (const auto& [a, b] : group.real_times) {
      EXPECT_GT(a, 0);
      EXPECT_GT(b, 0);
    }
  }
  for (const char* key : {"real_time", "cpu_time"}) {
    EXPECT_GT(geometric_mean(left, key), 0);
    EXPECT_GT(geometric_mean(results_, key), 0);
  }
}

TEST_F(AnalysisTools, CsvHasARowForEachRun) {
  const std::filesystem::path csv = folder_ / "results.csv";
  run(analysed_yaml, {"--csv", csv.string()});
  EXPECT_EQ(outcome_.exit_status, 0) << outcome_.out << outcome_.error;
  std::vector<std::string> lines;
  std::ifstream file(csv);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 13u);
  EXPECT_THAT(lines[0], testing::StartsWith(
                            "name,workload,engine,medium,fault,write,alloc,threads,"
                            "repetition_index,repetitions,real_time_ns,cpu_time_ns,error,label,"));
  for (const auto& [key, value] : results_["benchmarks"][0].members()) {
    if (!value.is_number() || value.as_signed()) continue;  // counters and times have a point
    EXPECT_THAT(lines[0], HasSubstr(key)) << key;
  }
  EXPECT_THAT(lines[1],
              testing::StartsWith("hole_read:size=256KiB/mmu/memfd/page_zero/partial/first_fit/"
                                  "threads:1,hole_read:size=256KiB,mmu,memfd,page_zero,partial,"
                                  "first_fit,1,0,3,"));
  const size_t columns = static_cast<size_t>(std::count(lines[0].begin(), lines[0].end(), ','));
  for (const std::string& line : lines) {
    EXPECT_EQ(static_cast<size_t>(std::count(line.begin(), line.end(), ',')), columns) << line;
  }
}

TEST_F(AnalysisTools, CsvTakesNobodysPlace) {
  const std::string config = write("config.yaml", analysed_yaml).string();
  const std::pair<std::string, std::string> wrong[] = {
      {folder_.string(), "is a folder"},
      {"/dev/full", "is a device"},
      {(folder_ / "no" / "x.csv").string(), "there is no folder"},
      {results_path().string(), "is also the file of --csv"},
      {results_path().string() + ".partial", "finished runs of --out are kept in "},
      {config, "is also a config; name another file"}};
  for (const auto& [csv, cause] : wrong) {
    const ProcessOutcome outcome =
        run_daxlab({"run", config, "--out", results_path().string(), "--csv", csv});
    EXPECT_EQ(outcome.exit_status, 2) << csv;
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.error, HasSubstr(cause));
    EXPECT_TRUE(std::filesystem::is_directory(folder_));
    EXPECT_FALSE(has_results());
  }
  const ProcessOutcome onto_config = run_daxlab({"run", config, "--out", config});
  EXPECT_EQ(onto_config.exit_status, 2);
  EXPECT_THAT(onto_config.error, HasSubstr("is also a config; name another file"));
  EXPECT_EQ(run_daxlab({"validate", config}).exit_status, 0);
}

}  // namespace
}  // namespace daxlab
