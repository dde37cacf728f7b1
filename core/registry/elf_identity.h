// Is this file a whole shared object for this machine? Everything in it is untrusted.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace daxlab {

// Why it is not ("is for AArch64, this machine is x86-64; ..."); no value: it is. What passes can
// be given to readers that believe sizes and offsets of headers: all of them lie inside the file.
std::optional<std::string> elf_refusal(std::span<const std::byte> bytes);

}  // namespace daxlab
