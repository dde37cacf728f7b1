// Results of several runs of one matrix, or of its shards, as one.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "harness/campaign/recorded_runs.h"

namespace daxlab {

struct ResultFile {
  std::string name;
  RecordedRuns runs;
};

struct MergedRuns {
  RecordedRuns runs;  // families are numbered anew, in order; interrupted if one of the files was
  // What is not there: "shard 3/4", "part of a.json, which was interrupted"; in words, none if all
  // is.
  std::vector<std::string> missing;
  std::set<std::string> machines;  // "host: kernel, CPU"
};

enum class Origins { alike, mixed };

// Cells in the order in which the whole matrix has them, where the files are shards of one; else in
// that of the files. A run that is in several files is taken once: merging again, or with a part of
// it, changes nothing. The error: two files have different runs of one repetition; or, unless mixed
// origins are allowed, builds or deliveries differ, and which.
ErrorOr<MergedRuns> merge(std::vector<ResultFile> files, Origins origins);

}  // namespace daxlab
