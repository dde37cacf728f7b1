// What records have in common, kept once.
#pragma once

#include <memory>
#include <set>

#include "harness/campaign/run_record.h"

namespace daxlab {

// Cells and contexts are most of a record, and the same in nearly all runs of a cell.
class SharedParts {
 public:
  // The record has the parts of the first that came with equal ones. One more takes the logarithm
  // of the number of parts.
  void share(RunRecord& record) {
    record.cell = *cells_.insert(std::move(record.cell)).first;
    record.context = *contexts_.insert(std::move(record.context)).first;
  }

 private:
  struct Less {
    template <class Part>
    bool operator()(const std::shared_ptr<const Part>& a,
                    const std::shared_ptr<const Part>& b) const {
      return a != b && *a < *b;
    }
  };
  std::set<std::shared_ptr<const RecordedCell>, Less> cells_;
  std::set<std::shared_ptr<const ContextEntries>, Less> contexts_;
};

}  // namespace daxlab
