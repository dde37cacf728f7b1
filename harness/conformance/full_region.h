// A lab whose region is full, or nearly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/lab/lab.h"
#include "harness/conformance/finding.h"
#include "harness/conformance/lab_trial.h"

namespace daxlab {

// As on_each_lab, with regions of that size.
std::optional<Finding> on_each_lab_of(const Subject& subject, uint64_t region_bytes,
                                      const LabBody& body);

// Makes the file "filler" so large that at most `free_blocks` stay free.
std::optional<Finding> fill_but(Lab& lab, uint64_t free_blocks);

// Bytes that tell where they were written.
std::vector<std::byte> numbered_bytes(uint64_t length_bytes, uint64_t first);
// The whole file. What went wrong, if it cannot be read.
std::optional<Finding> read_all(File& file, std::vector<std::byte>& into);

// Of fault strategies.
std::optional<Finding> check_stores_without_space(Lab& lab);

}  // namespace daxlab
