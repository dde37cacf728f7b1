#include "harness/bench/rows.h"

namespace daxlab {

std::vector<Row> all_rows(const RowSizes& sizes) {
  std::vector<Row> rows;
  add_sync_rows(sizes, rows);
  add_persist_rows(sizes, rows);
  add_open_region_rows(sizes, rows);
  add_write_rows(sizes, rows);
  add_parts_rows(sizes, rows);
  add_simulated_faults_rows(sizes, rows);
  add_simulated_lab_rows(sizes, rows);
  add_crash_rows(sizes, rows);
  return rows;
}

}  // namespace daxlab
