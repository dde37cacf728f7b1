// A cell can be run again: the command that its failure shows, and the results themselves.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "harness/end_to_end/campaign_process.h"

namespace daxlab {
namespace {

using testing::HasSubstr;

class RunAgain : public CampaignExperiment {
 protected:
  std::filesystem::path other_path() const { return folder_ / "other.json"; }
  ProcessOutcome run_from_result(const std::vector<std::string>& more) const {
    std::vector<std::string> words = {"run", "--from-result", results_path().string()};
    words.insert(words.end(), more.begin(), more.end());
    return run_daxlab(words);
  }
};

TEST_F(RunAgain, AFailedCellShowsACommandThatRunsItAlone) {
  run("region: {size: 4MiB}\nrepetitions: 2\norder: listed\n"
      "matrix: {fault: [page_zero, abort_in_mkwrite, {name: global_zero_without_unmap}]}\n"
      "workloads: [{name: mkwrite, size: 1MiB, mappings: 2}]\n",
      {"--set", "workloads=[{name: mkwrite, size: 512KiB, mappings: 2}]"});
  EXPECT_EQ(outcome_.exit_status, 1) << outcome_.out << outcome_.error;
  const std::string name =
      "mkwrite:size=512KiB,mappings=2/mmu/memfd/abort_in_mkwrite/partial/first_fit/threads:1";
  const size_t at = outcome_.out.find("  FAILED " + name + "\n");
  ASSERT_NE(at, outcome_.out.npos) << outcome_.out;
  const std::string line = line_after(outcome_.out.substr(at), "    alone: ");
  EXPECT_THAT(line, HasSubstr(" --set repetitions=1 "));

  const ProcessOutcome alone = RunningProgram::shell(line).wait();
  EXPECT_EQ(alone.exit_status, 1) << line << "\n" << alone.out << alone.error;
  EXPECT_THAT(alone.out, HasSubstr("  FAILED " + name + "\n"));
  EXPECT_THAT(alone.out, HasSubstr("killed by SIGABRT in page_mkwrite"));
  EXPECT_THAT(alone.out, HasSubstr("0 of 1 cells passed, 1 failed\n"));
}

// Of records that have the same cell, all but the times is the same.
TEST_F(RunAgain, FromAResultExactlyItsCellsRunAgain) {
  run_all_pass(
      "seed: 9\nregion: {size: 24MiB}\nrepetitions: 2\ntime_limit: 50s\n"
      "matrix: {engine: [mmu, baseline], fault: [page_zero, {name: global_zero, around: 16}]}\n"
      "path: /dev/shm\n"
      "workloads: [{name: hole_read, size: 256KiB, pattern: random, threads: 2}, "
      "{name: mkwrite, size: 256KiB}]\n");
  const ProcessOutcome all = run_from_result({"--out", other_path().string()});
  EXPECT_EQ(all.exit_status, 0) << all.out << all.error;
  EXPECT_EQ(all.error, "");
  const Json before = results_["benchmarks"], after = json_in(other_path())["benchmarks"];
  ASSERT_EQ(after.size(), before.size());
  for (size_t i = 0; i < before.size(); ++i) {
    for (const char* key : {"name", "repetition_index", "repetitions", "threads", "cell", "plugins",
                            "context", "family_index"}) {
      EXPECT_TRUE(after[i].contains(key)) << key;
      EXPECT_EQ(after[i][key], before[i][key]) << key;
    }
  }

  const ProcessOutcome one = run_from_result(
      {"--cells", "mkwrite*around=16*", "--set", "repetitions=1", "--out", other_path().string()});
  EXPECT_EQ(one.exit_status, 0) << one.out << one.error;
  EXPECT_THAT(one.out, HasSubstr("1 of 1 cells passed\n"));
  EXPECT_EQ(json_in(other_path())["benchmarks"].size(), 1u);

  const ProcessOutcome listed = run_from_result({"--list-cells"});
  EXPECT_EQ(std::count(listed.out.begin(), listed.out.end(), '\n'), 6) << listed.out;
}

TEST_F(RunAgain, APluginThatIsNotTheSameIsToldOf) {
  run_all_pass(
      "region: {size: 4MiB}\nfault: null_store\nengine: baseline\npath: /dev/shm\n"
      "workloads: [{name: hole_read, size: 256KiB}]\n");
  EXPECT_EQ(results_["benchmarks"][0]["plugins"], Json::list());
  run("region: {size: 4MiB}\nalloc: mutex_and_malloc\n"
      "workloads: [{name: mkwrite, size: 256KiB}]\n");
  EXPECT_EQ(outcome_.exit_status, 0) << outcome_.out << outcome_.error;
  const Json plugin = results_["benchmarks"][0]["plugins"][2];
  EXPECT_EQ(plugin["kind"], "alloc");
  EXPECT_EQ(plugin["name"], "mutex_and_malloc");
  const std::filesystem::path copy = folder_ / "mutex_and_malloc.so";
  std::filesystem::copy_file(plugin["path"].text(), copy);
  std::ofstream(copy, std::ios::app) << "another build";
  const std::vector<std::string> more = {"--plugin-path", folder_.string(),
                                         "--allow-writable-plugins"};
  const ProcessOutcome outcome = run_from_result(more);
  EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.error, HasSubstr("daxlab run: warning: alloc plugin 'mutex_and_malloc' (" +
                                       copy.string() + ") is not the one that "));
  EXPECT_THAT(outcome.error, HasSubstr(plugin["content_hash"].text()));
  EXPECT_EQ(std::count(outcome.error.begin(), outcome.error.end(), '\n'), 1);

  std::vector<std::string> resume = {"run", (folder_ / "config.yaml").string(), "--out",
                                     results_path().string(), "--resume"};
  resume.insert(resume.end(), more.begin(), more.end());
  const ProcessOutcome refused = run_daxlab(resume);
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.error, HasSubstr(") is not the one that "));
  EXPECT_THAT(refused.error, HasSubstr("or insist by --resume=mixed"));
  std::ranges::replace(resume, "--resume", "--resume=mixed");
  const ProcessOutcome resumed = run_daxlab(resume);
  EXPECT_EQ(resumed.exit_status, 0) << resumed.out << resumed.error;
  EXPECT_EQ(resumed.error, outcome.error);
}

TEST_F(RunAgain, AFileWithoutCellsIsRefused) {
  write("results.json",
        R"({"context": {}, "benchmarks": [{"name": "a/b/c/d/e/f", "real_time": 1.0}]})");
  const ProcessOutcome old = run_from_result({});
  EXPECT_EQ(old.exit_status, 2);
  EXPECT_EQ(old.out, "");
  EXPECT_THAT(old.error, HasSubstr("daxlab run: --from-result " + results_path().string() +
                                   ": the record of 'a/b/c/d/e/f' does not carry its cell"));
  write("results.json", R"({"context": {}, "benchmarks": []})");
  EXPECT_THAT(run_from_result({}).error, HasSubstr(": holds no runs"));
  write("results.json", R"({"context": {}, "benchmarks": [{"name": "a/b/c/d/e/f", "real_time": 1.0,
      "cell": {"workloads": ["hole_reed"]}, "plugins": [], "context": {}}]})");
  const ProcessOutcome wrong = run_from_result({});
  EXPECT_EQ(wrong.exit_status, 2);
  EXPECT_THAT(wrong.error, HasSubstr("did you mean 'hole_read'?"));
  std::filesystem::remove(results_path());
  EXPECT_THAT(run_from_result({}).error, HasSubstr("cannot be read: No such file"));
}

TEST_F(RunAgain, CellsComeFromOnePlaceOnly) {
  const std::string config = write("config.yaml", "workloads: [mkwrite]\n").string();
  write("results.json", "{}");
  const ProcessOutcome both = run_from_result({config});
  EXPECT_EQ(both.exit_status, 2);
  EXPECT_THAT(both.error, HasSubstr("and no config besides; leave out " + config));
  run("region: {size: 4MiB}\nworkloads: [{name: mkwrite, size: 256KiB}]\n");
  for (const char* option : {"--out", "--csv"}) {
    const ProcessOutcome onto_itself = run_from_result({option, results_path().string()});
    EXPECT_EQ(onto_itself.exit_status, 2);
    EXPECT_THAT(onto_itself.error, HasSubstr("is also the file of --from-result"));
  }
}

}  // namespace
}  // namespace daxlab
