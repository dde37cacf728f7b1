// What the kernel says came of a page fault (VM_FAULT_), as its trace events name it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace daxlab {

// Something is mapped, or will be once the file system has made that durable.
inline constexpr uint64_t kernel_fault_no_page = 0x100, kernel_fault_need_sync = 0x2000;
inline constexpr uint64_t kernel_fault_maps = kernel_fault_no_page | kernel_fault_need_sync;

// "MAJOR|NOPAGE" and back; unknown words and bits are left out.
std::string kernel_fault_words(uint64_t bits);
uint64_t kernel_fault_bits(std::string_view words);

}  // namespace daxlab
