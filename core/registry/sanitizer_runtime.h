// Plugins that were built with a sanitizer, whose runtime has to be there before anything else.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace daxlab {

// Why a shared object of these bytes cannot be loaded into this process, and the command that
// starts one into which it can; nullopt: no sanitizer, or its runtime is here.
std::optional<std::string> lacking_runtime(std::span<const std::byte> bytes);

}  // namespace daxlab
