// The command line of daxlab.
#include "harness/commands/commands.h"
#include "harness/commands/daxlab_program.h"

using namespace daxlab;

int main(int argc, char** argv) {
  return run_daxlab(
      {make_run_command, make_cells_command, make_merge_command, make_compare_command,
       make_check_program_command, make_validate_command, make_list_command, make_schema_command,
       make_doctor_command, make_soak_program_command, make_conformance_program_command,
       make_region_command, make_bench_program_command, make_new_plugin_command},
      argc, argv);
}
