// The document of a campaign in Google Benchmark's JSON form: one context, and all records.
#pragma once

#include <string>
#include <vector>

#include "harness/campaign/run_record.h"

namespace daxlab {

class ResultDocument {
 public:
  // A map. Google Benchmark's own part of it (date, host, caches, load) stays that of the
  // first; of our texts, those that differ are listed: "memfd, tmpfs".
  void add_context(const Json& context);
  // In the order of the calls; `family` is the same for all runs of a cell. The record's own
  // context goes to the document's.
  void add(const RunRecord& record, uint64_t family);
  std::string text() const;

 private:
  Json context_ = Json::map();
  std::string records_;  // their text: as values they take several times the memory
};

// The context that a campaign begins with: Google Benchmark's, the machine, the build, and a word
// about cells that run at once.
Json campaign_context(uint64_t jobs);

}  // namespace daxlab
