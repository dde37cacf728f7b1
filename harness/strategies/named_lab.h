// Labs from words, for tests of the shipped plugins on the engines: "global_zero:keep_own=1".
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/lab/lab.h"
#include "harness/histories/exploration.h"

namespace daxlab {

struct NamedLab {
  EngineKind engine = EngineKind::mmu;
  std::string fault = "global_zero";
  std::string write = "partial";
  std::string alloc = "first_fit";
  uint64_t region_bytes = uint64_t{16} << 20;
  // As LabSpec's. With a path, the medium is a file.
  std::string region_path = {};
  CreateRegion create = CreateRegion::never;
  PersistObserver* observer = nullptr;
  uint64_t max_kernel_mappings = 0;
};

// What Lab::assemble takes, with plugins of this build tree. Ends the test program with a message
// when there is no such plugin.
LabSpec spec_of(const NamedLab& names);
// Such a lab. Ends the test program with a message when it cannot be had.
std::unique_ptr<Lab> make_lab(const NamedLab& names);

// Fault strategies with every option that changes what they do; write strategies.
std::vector<std::string> fault_variants();
std::vector<std::string> write_variants();

// "global_zero:around=16" as a part of a test's name: "global_zero_around_16".
std::string in_test_name(std::string label);

}  // namespace daxlab
