// Which CPUs a process may run on, and choosing among them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error_or.h"

namespace daxlab {

// In ascending order. The error: what the kernel says.
ErrorOr<std::vector<uint32_t>> usable_cpus();

// The calling thread, and those that it starts from then on. The error names the CPUs.
std::optional<Error> run_on_cpus(const std::vector<uint32_t>& cpus);

// "0-3,8" in ascending order, each once.
std::string format_cpus(std::vector<uint32_t> cpus);

}  // namespace daxlab
