#include "harness/doctor/examine.h"

namespace daxlab {

std::vector<MachineFinding> examine_machine() {
  const std::filesystem::path root = "/";
  std::vector<MachineFinding> findings = {examine_kernel(root), examine_memory(root)};
  const auto add = [&](std::vector<MachineFinding> more) {
    for (MachineFinding& finding : more) findings.push_back(std::move(finding));
  };
  add(examine_control_groups(root));
  add(examine_userfaultfd(probe_userfaultfd()));
  findings.push_back(examine_memfd(probe_memfd()));
  findings.push_back(examine_flush_instructions(probe_flush_instructions()));
  findings.push_back(examine_huge_zero_page(root));
  findings.push_back(examine_max_map_count(root));
  findings.push_back(examine_overcommit(root));
  add(examine_process_limits(process_limits()));
  add(examine_folders(probe_folders()));
  add(examine_pmem_devices(probe_pmem_devices()));
  return findings;
}

}  // namespace daxlab
