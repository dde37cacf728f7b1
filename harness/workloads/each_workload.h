// What each workload's own file provides. Options are read by their index in the table.
#pragma once

#include <optional>

#include "harness/workloads/workload.h"

namespace daxlab {

extern const WorkloadDescription hole_read_description;
std::optional<Failure> run_hole_read(WorkloadRun& run);

extern const WorkloadDescription mapped_read_description;
std::optional<Failure> run_mapped_read(WorkloadRun& run);

extern const WorkloadDescription second_touch_description;
std::optional<Failure> run_second_touch(WorkloadRun& run);

extern const WorkloadDescription many_mappings_description;
std::optional<Failure> run_many_mappings(WorkloadRun& run);

extern const WorkloadDescription mkwrite_description;
std::optional<Failure> run_mkwrite(WorkloadRun& run);

extern const WorkloadDescription mapped_write_description;
std::optional<Failure> run_mapped_write(WorkloadRun& run);

extern const WorkloadDescription read_description;
std::optional<Failure> run_read(WorkloadRun& run);

extern const WorkloadDescription write_description;
std::optional<Failure> run_write(WorkloadRun& run);

extern const WorkloadDescription write_after_hole_read_description;
std::optional<Failure> run_write_after_hole_read(WorkloadRun& run);

extern const WorkloadDescription mixed_description;
std::optional<Failure> run_mixed(WorkloadRun& run);

extern const WorkloadDescription truncate_regrow_description;
std::optional<Failure> run_truncate_regrow(WorkloadRun& run);

extern const WorkloadDescription punch_storm_description;
std::optional<Failure> run_punch_storm(WorkloadRun& run);

extern const WorkloadDescription open_map_read_unmap_description;
std::optional<Failure> run_open_map_read_unmap(WorkloadRun& run);

extern const WorkloadDescription enospc_description;
std::optional<Failure> run_enospc(WorkloadRun& run);

extern const WorkloadDescription mapped_enospc_description;
std::optional<Failure> run_mapped_enospc(WorkloadRun& run);

extern const WorkloadDescription alloc_aging_description;
std::optional<Failure> run_alloc_aging(WorkloadRun& run);

}  // namespace daxlab
