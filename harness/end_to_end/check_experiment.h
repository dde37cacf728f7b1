// `daxlab check` of a config, and what it kept.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "harness/end_to_end/campaign_process.h"

namespace daxlab {

class CheckExperiment : public CampaignExperiment {
 protected:
  static inline const std::string wrong =
      "fault: global_zero_without_repair\nworkloads: [hole_read]\n";
  static inline const std::string right = "workloads: [hole_read]\n";

  std::vector<std::string> words(const std::string& yaml,
                                 const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {"check",
                                      write("config.yaml", yaml).string(),
                                      "--save",
                                      folder_.string(),
                                      "--plugin-path",
                                      DAXLAB_TEST_PLUGIN_FOLDER,
                                      "--allow-writable-plugins"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  ProcessOutcome check(const std::string& yaml, const std::vector<std::string>& more = {}) const {
    return run_daxlab(words(yaml, more));
  }
  std::set<std::filesystem::path> saved() const {
    std::set<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      if (entry.path().extension() == ".json") files.insert(entry.path());
    }
    return files;
  }
  ProcessOutcome replay(const std::filesystem::path& file,
                        const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {"check", "--replay", file.string()};
    words.insert(words.end(), more.begin(), more.end());
    return run_daxlab(words);
  }
};

}  // namespace daxlab
