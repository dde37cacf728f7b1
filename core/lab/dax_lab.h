// A lab on a region of its own: strategies from plugins, faults from the mmu or the simulator.
#pragma once

#include <memory>

#include "core/lab/lab.h"

namespace daxlab {

ErrorOr<std::unique_ptr<Lab>> assemble_dax_lab(const LabSpec& spec, CallLog& log);

}  // namespace daxlab
