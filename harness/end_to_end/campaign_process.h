// A campaign that is disturbed while it runs.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <utility>

#include "harness/end_to_end/experiment.h"

namespace daxlab {

using RunKeys = std::multiset<std::pair<std::string, int64_t>>;  // name and repetition

class CampaignExperiment : public Experiment {
 protected:
  // Many small cells: enough that a campaign is in the middle when some of them have finished.
  static const std::string many;
  static constexpr size_t many_runs = 60;

  std::vector<std::string> run_words(const std::string& yaml,
                                     const std::vector<std::string>& more = {}) const;
  RunningProgram start(const std::string& yaml, const std::vector<std::string>& more = {}) const;
  // Returns when the journal holds so many runs; woken by the kernel, not by a clock.
  void wait_for_runs(size_t count) const;
  // The same for anything that changes with the files of the folder.
  void wait_until(const std::function<bool()>& condition) const;

  std::filesystem::path journal_path() const { return results_path().string() + ".partial"; }
  Json results_now() const;  // null: not there, or no JSON
  RunKeys keys_in_results() const;
  RunKeys keys_in_journal() const;
  // The rest of the line of standard output that begins like this.
  static std::string line_after(const std::string& text, const std::string& start);
};

}  // namespace daxlab
