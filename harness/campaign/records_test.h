// Cells and their records in tests.
#pragma once

#include <string>

#include "harness/campaign/run_record.h"
#include "harness/run/benchmark_door.h"

namespace daxlab {

// Cells of the kernel's own files, which need no plugin.
inline Config a_config(uint64_t cells, uint64_t repetitions) {
  Config config;
  for (uint64_t i = 0; i < cells; ++i) {
    Cell cell;
    cell.engine = EngineKind::baseline;
    cell.directory = "/dev/shm";
    cell.time_limit = std::chrono::seconds(1);
    cell.workload.name = "hole_read";
    const OptionTable table = make_workload("hole_read")->description().options;
    for (uint32_t option = 0; option < table.count; ++option) {
      cell.workload.values.push_back(table.options[option].default_value);
    }
    cell.threads = i + 1;
    cell.repetitions = repetitions;
    config.cells.push_back(cell);
  }
  return config;
}

inline RunRecord a_record(const SelectedCell& cell, uint64_t repetition,
                          const std::string& failure = "", const ContextEntries& context = {}) {
  const RunIdentity identity{cell.cell->name(), 0, static_cast<int64_t>(repetition),
                             static_cast<int64_t>(cell.cell->repetitions), 1};
  CellReport report{failed_record(identity, {failure}), context};
  if (failure.empty()) {
    report.record = run_as_benchmark(identity, [](RunTimer&) {
      return RunFigures{{{"fences", 1.0}}, 0, "", {}};
    });
  }
  return make_record(record_cell(cell), report);
}

}  // namespace daxlab
