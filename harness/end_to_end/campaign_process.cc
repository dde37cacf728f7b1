#include "harness/end_to_end/campaign_process.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace daxlab {
namespace {

// Whole lines that hold a run.
std::vector<Json> runs_in(const std::string& journal) {
  std::vector<Json> runs;
  size_t start = 0;
  for (size_t end; (end = journal.find('\n', start)) != journal.npos; start = end + 1) {
    const Json line = json_or_null(journal.substr(start, end - start));
    EXPECT_TRUE(line.is_map());
    if (line.is_map() && line.contains("run")) runs.push_back(line["run"]);
  }
  return runs;
}

std::pair<std::string, int64_t> key_of(const Json& record) {
  return {record["name"].text(), record["repetition_index"].as_signed().value()};
}

}  // namespace

const std::string CampaignExperiment::many =
    "region: {size: 16MiB}\nrepetitions: 15\ntime_limit: 60s\n"
    "matrix: {fault: [page_zero, global_zero]}\n"
    "workloads: [{name: hole_read, size: 256KiB}, {name: mkwrite, size: 256KiB}]\n";

std::vector<std::string> CampaignExperiment::run_words(const std::string& yaml,
                                                       const std::vector<std::string>& more) const {
  std::vector<std::string> words = {"run", write("config.yaml", yaml).string(), "--out",
                                    results_path().string()};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

RunningProgram CampaignExperiment::start(const std::string& yaml,
                                         const std::vector<std::string>& more) const {
  return RunningProgram::daxlab(run_words(yaml, more));
}

void CampaignExperiment::wait_for_runs(size_t count) const {
  wait_until([&] { return runs_in(text_of(journal_path())).size() >= count; });
}

void CampaignExperiment::wait_until(const std::function<bool()>& condition) const {
  const int changes = inotify_init1(IN_CLOEXEC);
  ASSERT_GE(changes, 0);
  ASSERT_GE(inotify_add_watch(changes, folder_.c_str(), IN_MODIFY | IN_CREATE | IN_DELETE), 0);
  std::array<char, 4096> events;
  while (!condition()) {
    if (read(changes, events.data(), events.size()) <= 0) break;
  }
  close(changes);
}

Json CampaignExperiment::results_now() const { return json_in(results_path()); }

RunKeys CampaignExperiment::keys_in_results() const {
  RunKeys keys;
  const Json results = results_now();
  if (!results.is_map()) return keys;
  for (const Json& record : results["benchmarks"].items()) keys.insert(key_of(record));
  return keys;
}

RunKeys CampaignExperiment::keys_in_journal() const {
  RunKeys keys;
  for (const Json& record : runs_in(text_of(journal_path()))) keys.insert(key_of(record));
  return keys;
}

std::string CampaignExperiment::line_after(const std::string& text, const std::string& start) {
  const size_t at = text.find(start);
  EXPECT_NE(at, text.npos) << start << "\n" << text;
  if (at == text.npos) return "";
  const size_t begin = at + start.size();
  return text.substr(begin, text.find('\n', begin) - begin);
}

}  // namespace daxlab
