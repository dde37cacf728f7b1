// Everything that `daxlab` can be asked for, one function for each.
#pragma once

#include "harness/commands/command.h"

namespace daxlab {

std::unique_ptr<Command> make_run_command();
std::unique_ptr<Command> make_compare_command();
std::unique_ptr<Command> make_merge_command();
std::unique_ptr<Command> make_cells_command();
std::unique_ptr<Command> make_validate_command();
std::unique_ptr<Command> make_list_command();
std::unique_ptr<Command> make_schema_command();
std::unique_ptr<Command> make_new_plugin_command();
std::unique_ptr<Command> make_doctor_command();
std::unique_ptr<Command> make_region_command();
// Subcommands of `region`.
std::unique_ptr<Command> make_region_create_command();
std::unique_ptr<Command> make_region_info_command();
std::unique_ptr<Command> make_region_fsck_command();

// These are programs of their own, bin/daxlab_check and so on (see program_beside.h). Their lines
// are read here, too: help and wrong options need none of the programs.
std::unique_ptr<Command> make_check_program_command();
std::unique_ptr<Command> make_soak_program_command();
std::unique_ptr<Command> make_conformance_program_command();
std::unique_ptr<Command> make_bench_program_command();

}  // namespace daxlab
