// The workflow that users copy does what it says: its commands, taken from it, run here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "harness/house/source_tree.h"

namespace daxlab {
namespace {

using testing::HasSubstr;

constexpr const char* workflow = "core/sdk/templates/github/matrix.yml";

// The commands of a job, in their order.
std::vector<std::string> commands_of(const std::string& job) {
  const YAML::Node steps = YAML::Load(read_file(workflow))["jobs"][job]["steps"];
  std::vector<std::string> commands;
  for (const YAML::Node& step : steps) {
    if (step["run"]) commands.push_back(step["run"].as<std::string>());
  }
  return commands;
}

std::string with(std::string text, const std::string& expression, const std::string& value) {
  const size_t at = text.find(expression);
  EXPECT_NE(at, std::string::npos) << text;
  return at == std::string::npos ? text : text.replace(at, expression.size(), value);
}

class Workflow : public testing::Test {
 protected:
  void run(const std::string& command) {
    const CommandOutcome outcome =
        run_command("cd " + scratch_.path().string() + " && export GITHUB_OUTPUT=output PATH=" +
                    daxlab_program().parent_path().string() + ":$PATH && " + command);
    ASSERT_EQ(outcome.exit_code, 0) << command << "\n" << outcome.output;
  }
  std::string text_of(const std::string& name) const {
    return read_file((scratch_.path() / name).string());
  }

  ScratchFolder scratch_;
};

TEST_F(Workflow, IsShort) { EXPECT_LE(lines_of(read_file(workflow)).size(), 25u); }

TEST_F(Workflow, ItsCommandsMakeOneResultOfAMatrix) {
  scratch_.write("my.yaml",
                 "region: {size: 16MiB}\n"
                 "matrix: {fault: [page_zero, global_zero]}\n"
                 "workloads: [{name: hole_read, size: 64KiB}, {name: mkwrite, size: 64KiB},\n"
                 "  {name: second_touch, size: 64KiB}]\n");
  for (const std::string& command : commands_of("plan")) run(command);
  const std::string output = text_of("output");
  ASSERT_TRUE(output.starts_with("matrix=")) << output;
  const Json jobs = json_or_null(output.substr(7))["include"];
  ASSERT_EQ(jobs.size(), 3u) << output;
  for (const Json& job : jobs.items()) {
    for (const std::string& command : commands_of("run")) {
      run(with(command, "${{ matrix.shard }}", job["shard"].text()));
    }
    const std::string folder = "results/" + job["name"].text();
    run("mkdir -p " + folder + " && mv result.json " + folder);
  }
  for (const std::string& command : commands_of("merge")) run(command);
  EXPECT_EQ(json_or_null(text_of("merged.json"))["benchmarks"].size(), 6u);
  EXPECT_THAT(text_of("merged.xml"), HasSubstr("tests=\"6\""));
}

}  // namespace
}  // namespace daxlab
