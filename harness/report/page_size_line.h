// By which entries of the page table a table's rows see their files.
#pragma once

#include <string>
#include <vector>

#include "harness/report/cell_summary.h"

namespace daxlab {

// "  2 MiB entries: native_zero 100%; 4 KiB instead by strategy: page_zero; by medium: baseline\n".
// A row stands under each cause by which it has 4 KiB entries where 2 MiB of a file were mapped.
// Empty when no mapping was that long, or the kernel did not tell.
std::string page_size_line(const WorkloadGroup& group, const std::vector<std::string>& labels);

}  // namespace daxlab
