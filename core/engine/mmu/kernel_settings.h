// Kernel settings that the engine goes by.
#pragma once

#include <cstdint>

namespace daxlab {

// Whether reading a hole of 2 MiB can map the kernel's huge zero page.
bool kernel_has_huge_zero_page();
// vm.max_map_count; the kernel's default where it cannot be read.
uint64_t kernel_max_map_count();

}  // namespace daxlab
