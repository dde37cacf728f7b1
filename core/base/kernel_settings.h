// Kernel settings that the mmu engine goes by.
#pragma once

#include <cstdint>
#include <string>

namespace daxlab {

// Whether reading a hole of 2 MiB can map the kernel's huge zero page; else huge pages there would
// be real memory. `folder` is the kernel's, or a made-up one in tests.
bool kernel_has_huge_zero_page(const std::string& folder = "/sys/kernel/mm/transparent_hugepage");
// Whether anonymous memory that is read shows the kernel's zero page, as it does unless the kernel was
// told otherwise when it was booted: else each page of it that is read is memory. Tried.
bool kernel_has_zero_page();
// vm.max_map_count; the kernel's default where it cannot be read.
uint64_t kernel_max_map_count();

}  // namespace daxlab
