// What each workload's own file provides. Options are read by their index in the table.
#pragma once

#include <optional>

#include "harness/workloads/workload.h"

namespace daxlab {

extern const WorkloadDescription hole_read_description;
std::optional<Failure> run_hole_read(WorkloadRun& run);

extern const WorkloadDescription mkwrite_description;
std::optional<Failure> run_mkwrite(WorkloadRun& run);

extern const WorkloadDescription mapped_write_description;
std::optional<Failure> run_mapped_write(WorkloadRun& run);

extern const WorkloadDescription write_description;
std::optional<Failure> run_write(WorkloadRun& run);

extern const WorkloadDescription write_after_hole_read_description;
std::optional<Failure> run_write_after_hole_read(WorkloadRun& run);

extern const WorkloadDescription enospc_description;
std::optional<Failure> run_enospc(WorkloadRun& run);

extern const WorkloadDescription mapped_enospc_description;
std::optional<Failure> run_mapped_enospc(WorkloadRun& run);

}  // namespace daxlab
