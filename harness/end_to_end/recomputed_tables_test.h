// The figures of tables that `daxlab run` prints, recomputed from the records that it wrote.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/json.h"

namespace daxlab {

struct Recomputed {
  uint64_t records = 0, tables = 0, figures = 0;
  std::vector<std::string> wrong;  // what is shown, and what it should be
};

// Every figure of the tables of strategies and of the workloads' own figures. A column that this
// does not know is wrong. Where a cell has three runs or one the spread is recomputed, too. Tables
// of times, whose parts are recomputed elsewhere, are passed over.
Recomputed recompute_tables(const std::string& text, const Json& results);

}  // namespace daxlab
