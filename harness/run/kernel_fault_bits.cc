#include "harness/run/kernel_fault_bits.h"

#include <algorithm>
#include <utility>

namespace daxlab {
namespace {

constexpr std::pair<std::string_view, uint64_t> names_of_fault_bits[] = {
    {"OOM", 0x1},
    {"SIGBUS", 0x2},
    {"MAJOR", 0x4},
    {"HWPOISON", 0x10},
    {"SIGSEGV", 0x40},
    {"NOPAGE", kernel_fault_no_page},
    {"LOCKED", 0x200},
    {"RETRY", 0x400},
    {"FALLBACK", 0x800},
    {"DONE_COW", 0x1000},
    {"NEEDDSYNC", kernel_fault_need_sync}};

}  // namespace

std::string kernel_fault_words(uint64_t bits) {
  std::string text;
  for (const auto& [name, bit] : names_of_fault_bits) {
    if ((bits & bit) == 0) continue;
    if (!text.empty()) text += '|';
    text += name;
  }
  return text;
}

uint64_t kernel_fault_bits(std::string_view words) {
  uint64_t bits = 0;
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find('|'));
    for (const auto& [name, bit] : names_of_fault_bits) bits |= word == name ? bit : 0;
    words.remove_prefix(std::min(word.size() + 1, words.size()));
  }
  return bits;
}

}  // namespace daxlab
