// One matrix run as a whole, in shards that are merged, and killed and gone on with: the same cells
// with the same counters.
#include <gmock/gmock.h>
#include <signal.h>

#include "harness/campaign/recorded_runs.h"
#include "harness/compare/expected_counters.h"
#include "harness/end_to_end/campaign_process.h"

namespace daxlab {
namespace {

using testing::HasSubstr;

class ShardedMatrix : public CampaignExperiment {
 protected:
  // 24 cells in six tables.
  static inline const std::string matrix =
      "seed: 3\nregion: {size: 4MiB}\nrepetitions: 2\n"
      "matrix: {fault: [page_zero, global_zero, native_zero, alloc_on_read]}\n"
      "workloads: [{name: hole_read, size: 256KiB}, {name: mkwrite, size: 256KiB},\n"
      "  {name: write_after_hole_read, size: 256KiB}, {name: punch_storm, size: 256KiB},\n"
      "  {name: many_mappings, size: 256KiB}, {name: second_touch, size: 256KiB}]\n";

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  // All of them in one file, with names and the counters that never drift.
  static std::string cells_in(const std::filesystem::path& file) {
    const auto runs = read_results(file);
    if (!runs.ok()) return runs.error().message;
    std::vector<ResultRecord> records;
    std::string names;
    for (const RunRecord& record : runs.value().records) {
      records.push_back(record.result);
      names += std::to_string(record.result.family_index) + " " + record.name() + " " +
               std::to_string(record.repetition()) + "\n";
    }
    return names + ExpectedCounters::of(records).text();
  }

  std::string run_whole() {
    const ProcessOutcome outcome = run_daxlab(run_words(matrix));
    EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
    return cells_in(results_path());
  }

  // The files of all shards.
  std::vector<std::string> run_shards(size_t count) {
    std::vector<std::string> files;
    const std::string config = write("config.yaml", matrix).string();
    for (size_t index = 1; index <= count; ++index) {
      files.push_back(path("shard" + std::to_string(index) + ".json"));
      const ProcessOutcome outcome =
          run_daxlab({"run", config, "--out", files.back(), "--shard",
                      std::to_string(index) + "/" + std::to_string(count)});
      EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
    }
    return files;
  }

  // Copies of two shards that have been run once for all tests.
  std::vector<std::string> two_shards() {
    static std::vector<std::string> texts;
    std::vector<std::string> files;
    if (texts.empty()) {
      for (const std::string& file : run_shards(2)) texts.push_back(text_of(file));
    }
    for (const std::string& text : texts) {
      files.push_back(write("shard" + std::to_string(files.size() + 1) + ".json", text).string());
    }
    return files;
  }

  ProcessOutcome merge(std::vector<std::string> words) const {
    words.insert(words.begin(), "merge");
    words.insert(words.end(), {"--out", path("merged.json")});
    return run_daxlab(words);
  }
};

TEST_F(ShardedMatrix, IsTheSameWholeMergedAndGoneOnWith) {
  const std::string whole = run_whole();
  EXPECT_EQ(json_in(results_path())["benchmarks"].size(), 48u);

  const std::vector<std::string> shards = run_shards(4);
  const ProcessOutcome merged = merge(shards);
  EXPECT_EQ(merged.exit_status, 0) << merged.out << merged.error;
  EXPECT_THAT(merged.out, HasSubstr("\n24 of 24 cells passed\n"));
  EXPECT_EQ(cells_in(path("merged.json")), whole);
  EXPECT_EQ(json_in(path("merged.json"))["context"]["shard"], "1/4, 2/4, 3/4, 4/4");

  std::filesystem::remove(results_path());
  RunningProgram program = start(matrix);
  wait_for_runs(1);
  program.signal(SIGKILL);
  EXPECT_EQ(program.wait().signal_number, SIGKILL);
  ASSERT_LT(keys_in_journal().size(), 48u);
  const ProcessOutcome resumed = run_daxlab(run_words(matrix, {"--resume"}));
  EXPECT_EQ(resumed.exit_status, 0) << resumed.out << resumed.error;
  EXPECT_EQ(cells_in(results_path()), whole);
}

TEST_F(ShardedMatrix, MergingAgainChangesNothing) {
  const std::vector<std::string> shards = two_shards();
  ASSERT_EQ(merge(shards).exit_status, 0);
  const std::string once = text_of(path("merged.json"));
  EXPECT_EQ(merge({path("merged.json")}).exit_status, 0);
  EXPECT_EQ(text_of(path("merged.json")), once);
  EXPECT_EQ(merge({path("merged.json"), shards[1], shards[0]}).exit_status, 0);
  EXPECT_EQ(text_of(path("merged.json")), once);
}

TEST_F(ShardedMatrix, AMissingShardIsSaid) {
  std::vector<std::string> shards = two_shards();
  const uint64_t runs = json_in(shards[0])["benchmarks"].size();
  ASSERT_GT(runs, 0u);
  ASSERT_LT(runs, 48u);
  const ProcessOutcome merged = merge({shards[0]});
  EXPECT_EQ(merged.exit_status, 1);
  EXPECT_THAT(merged.out, HasSubstr("missing: shard 2/2\nmissing: " +
                                    std::to_string(24 - runs / 2) + " of 24 cells\n"));
  EXPECT_TRUE(std::filesystem::exists(path("merged.json")));
}

TEST_F(ShardedMatrix, CellsOfOtherRunsDoNotStandForThoseThatAreMissing) {
  const std::vector<std::string> shards = two_shards();
  const std::string config = write("others.yaml", matrix).string();
  const std::string others = path("others.json");
  const ProcessOutcome outcome =
      run_daxlab({"run", config, "--set", "seed=4", "--set", "repetitions=1", "--out", others});
  ASSERT_EQ(outcome.exit_status, 0) << outcome.error;
  const ProcessOutcome merged = merge({shards[0], others});
  EXPECT_EQ(merged.exit_status, 1);
  EXPECT_THAT(merged.out, HasSubstr("missing: shard 2/2\n"));
}

TEST_F(ShardedMatrix, WhatWasInterruptedStaysSo) {
  ASSERT_EQ(run_daxlab(run_words(one_cell)).exit_status, 0);
  std::string text = text_of(results_path());
  text.insert(text.find("\"context\": {") + 12, "\n    \"interrupted\": \"1 of 2 runs\",");
  write("results.json", text);
  for (const std::string& file : {results_path().string(), path("merged.json")}) {
    const ProcessOutcome merged = merge({file});
    EXPECT_EQ(merged.exit_status, 1) << file;
    EXPECT_THAT(merged.out, HasSubstr("missing: a part of " + file +
                                      ", which was interrupted after 1 of 2 runs\n"));
  }
}

TEST_F(ShardedMatrix, AnEmptyShardPassesAndCanBeMerged) {
  const std::string config = write("config.yaml", matrix).string();
  std::vector<std::string> files;
  size_t empty = 0;
  for (size_t index = 1; index <= 8; ++index) {
    files.push_back(path("shard" + std::to_string(index) + ".json"));
    const ProcessOutcome outcome =
        run_daxlab({"run", config, "--cells", "hole_read*", "--out", files.back(), "--junit",
                    path("shard.xml"), "--shard", std::to_string(index) + "/8"});
    EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
    if (outcome.out.find("no cell to run") != std::string::npos) ++empty;
  }
  EXPECT_EQ(empty, 7u);  // of one table
  const ProcessOutcome merged = merge(files);
  EXPECT_EQ(merged.exit_status, 0) << merged.out << merged.error;
  EXPECT_THAT(merged.out, HasSubstr("\n4 of 4 cells passed\n"));
  // Nor does it need to be run at all.
  std::erase_if(
      files, [](const std::string& file) { return json_in(file)["benchmarks"].items().empty(); });
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(merge(files).exit_status, 0);
}

TEST_F(ShardedMatrix, DifferentRunsOfOneRepetitionAreRefused) {
  const std::string yaml = one_cell;
  ASSERT_EQ(run_daxlab(run_words(yaml)).exit_status, 0);
  std::filesystem::rename(results_path(), path("first.json"));
  ASSERT_EQ(run_daxlab(run_words(yaml)).exit_status, 0);
  const ProcessOutcome merged = merge({path("first.json"), results_path().string()});
  EXPECT_EQ(merged.exit_status, 2);
  EXPECT_THAT(merged.error, HasSubstr("was run twice: its repetition 0 is one in "));
  EXPECT_FALSE(std::filesystem::exists(path("merged.json")));
}

// What another build has made, as far as a file can say it.
TEST_F(ShardedMatrix, RunsOfDifferentBuildsAreRefusedUnlessInsistedOn) {
  const std::vector<std::string> shards = two_shards();
  std::string other = text_of(shards[1]);
  for (size_t at = 0; (at = other.find("\"git_revision\": \"", at)) != other.npos; ++at) {
    other.insert(at + 17, "other-");
  }
  write("shard2.json", other);
  const ProcessOutcome refused = merge(shards);
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.error, HasSubstr("git_revision is '"));
  EXPECT_THAT(refused.error, HasSubstr("insist by --mixed"));
  std::vector<std::string> insisting = shards;
  insisting.push_back("--mixed");
  EXPECT_EQ(merge(insisting).exit_status, 0);
}

TEST_F(ShardedMatrix, TablesOfSeveralHostsSayWhose) {
  const std::vector<std::string> shards = two_shards();
  std::string other = text_of(shards[1]);
  const std::string key = "\"host_name\": \"";
  for (size_t at = 0; (at = other.find(key, at)) != other.npos; ++at) {
    other.insert(at + key.size(), "other-");
  }
  write("shard2.json", other);
  const ProcessOutcome merged = merge(shards);
  EXPECT_EQ(merged.exit_status, 0) << merged.error;
  EXPECT_THAT(merged.out, HasSubstr("made on 2 machines, times of which do not compare: "));
  EXPECT_THAT(merged.out, HasSubstr(", other-"));
}

TEST_F(ShardedMatrix, CellsAsAMatrixOfJobs) {
  const std::string config = write("config.yaml", matrix).string();
  const ProcessOutcome listed = run_daxlab({"cells", config, "--format", "github"});
  ASSERT_EQ(listed.exit_status, 0) << listed.error;
  EXPECT_EQ(std::ranges::count(listed.out, '\n'), 1);
  const Json jobs = json_or_null(listed.out)["include"];
  ASSERT_TRUE(jobs.is_list()) << listed.out;
  uint64_t cells = 0;
  for (const Json& job : jobs.items()) {
    cells += job["cells"].as_unsigned().value_or(0);
    EXPECT_THAT(job["name"].text(), testing::MatchesRegex("[a-z0-9_-]+"));
    const ProcessOutcome names =
        run_daxlab({"run", config, "--shard", job["shard"].text(), "--list-cells"});
    EXPECT_EQ(static_cast<uint64_t>(std::ranges::count(names.out, '\n')),
              job["cells"].as_unsigned().value_or(0));
  }
  EXPECT_EQ(cells, 24u);
  const ProcessOutcome wrong = run_daxlab({"cells", config, "--format", "gitlab"});
  EXPECT_EQ(wrong.exit_status, 2);
  EXPECT_THAT(wrong.error, HasSubstr("--format gitlab: "));
  const ProcessOutcome idle = run_daxlab({"cells", config, "--shards", "2"});
  EXPECT_EQ(idle.exit_status, 2);
  EXPECT_THAT(idle.error, HasSubstr("--shards is of --format github"));
}

TEST_F(ShardedMatrix, WhatHasFailedIsRunAgain) {
  const std::string yaml =
      "region: {size: 4MiB}\nmatrix: {fault: [global_zero, global_zero_without_unmap]}\n"
      "workloads: [{name: mkwrite, size: 256KiB, mappings: 2}]\n";
  ASSERT_EQ(run_daxlab(run_words(yaml)).exit_status, 1);
  const ProcessOutcome again = run_daxlab({"run", "--failed", results_path().string(), "--out",
                                           path("again.json"), "--junit", path("again.xml")});
  EXPECT_EQ(again.exit_status, 1) << again.error;
  EXPECT_THAT(again.out, HasSubstr("0 of 1 cells passed, 1 failed\n"));
  EXPECT_THAT(text_of(path("again.xml")), HasSubstr("type=\"wrong data\""));
  EXPECT_THAT(text_of(path("again.xml")), HasSubstr("alone: "));

  ASSERT_EQ(run_daxlab(run_words(one_cell)).exit_status, 0);
  const ProcessOutcome none = run_daxlab({"run", "--failed", results_path().string()});
  EXPECT_EQ(none.exit_status, 0) << none.error;
  EXPECT_THAT(none.out, HasSubstr("no cell to run\n"));
}

class ResumeElsewhere : public CampaignExperiment {};

TEST_F(ResumeElsewhere, AnotherKernelCpuBuildOrDeliveryIsRefusedUnlessInsistedOn) {
  ASSERT_EQ(run_daxlab(run_words(one_cell)).exit_status, 0);
  const std::string whole = text_of(results_path());
  for (const std::string key : {"kernel", "cpu_model", "git_revision", "fault_delivery"}) {
    SCOPED_TRACE(key);
    std::string other = whole;
    const std::string start = "\"" + key + "\": \"";
    size_t changed = 0;
    for (size_t at = 0; (at = other.find(start, at)) != other.npos; ++at, ++changed) {
      other.insert(at + start.size(), "other ");
    }
    ASSERT_GT(changed, 0u);
    write("results.json", other);
    const ProcessOutcome refused = run_daxlab(run_words(one_cell, {"--resume"}));
    EXPECT_EQ(refused.exit_status, 2);
    EXPECT_THAT(refused.error, HasSubstr(key + " was 'other "));
    EXPECT_THAT(refused.error, HasSubstr("or insist by --resume=mixed"));
    EXPECT_EQ(text_of(results_path()), other);
    const ProcessOutcome mixed = run_daxlab(run_words(one_cell, {"--resume=mixed"}));
    EXPECT_EQ(mixed.exit_status, 0) << mixed.out << mixed.error;
    EXPECT_THAT(mixed.error, HasSubstr("warning: " + key + " was 'other "));
  }
  const ProcessOutcome wrong = run_daxlab(run_words(one_cell, {"--resume=some"}));
  EXPECT_EQ(wrong.exit_status, 2);
  EXPECT_THAT(wrong.error, HasSubstr("--resume=some: expected --resume, or --resume=mixed"));
}

}  // namespace
}  // namespace daxlab
