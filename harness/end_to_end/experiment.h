// One config, run by the real program, and what it said and wrote.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "harness/end_to_end/daxlab_process.h"

namespace daxlab {

// What a file holds; empty: it is not there.
std::string text_of(const std::filesystem::path& path);
// Null: it is not there, or no JSON.
Json json_in(const std::filesystem::path& path);

class Experiment : public testing::Test {
 protected:
  Experiment();
  ~Experiment() override;

  // daxlab run CONFIG --out results.json --plugin-path <plugins that misbehave>, and `more`.
  void run(const std::string& yaml, const std::vector<std::string>& more = {});
  // The same for a config of which all cells must pass.
  void run_all_pass(const std::string& yaml);

  std::filesystem::path write(const std::string& name, const std::string& text) const;
  bool has_results() const { return std::filesystem::exists(results_path()); }
  std::filesystem::path results_path() const { return folder_ / "results.json"; }

  // How most configs begin.
  static inline const std::string preamble =
      "seed: 1\nregion: {medium: memfd, size: 32MiB}\ntime_limit: 60s\n";

  // A whole config of one cell that is over in a moment.
  static inline const std::string one_cell =
      "seed: 1\nregion: {medium: memfd, size: 1MiB}\nfault: page_zero\nwrite: partial\n"
      "alloc: first_fit\nworkloads: [{name: hole_read, size: 64KiB}]\n";

  // The records of the cell of that name; those of a failed run have "error_message".
  std::vector<Json> records(const std::string& name) const;
  // The only record of a cell that passed, {} and a failed assertion if it is something else.
  Json passed(const std::string& name) const;
  // What a failed cell says, in the results and on the screen; "" and a failed assertion if it has
  // not failed.
  std::string failure(const std::string& name) const;
  double counter(const std::string& name, const std::string& key) const;

  std::filesystem::path folder_;
  ProcessOutcome outcome_;
  Json results_;
  std::vector<std::string> environment_;
};

}  // namespace daxlab
