// What a store to a medium survives.
#pragma once

#include <string>

#include "core/region/medium.h"

namespace daxlab {

// "eADR", "ADR", "unknown (...)" of persistent memory; "none (volatile memory)" and the like.
std::string persistence_domain_of(const Medium& medium);

}  // namespace daxlab
