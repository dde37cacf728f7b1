#include "core/engine/simulator/call_place.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>

#include <atomic>
#include <bit>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/source_location.h"

namespace daxlab {
namespace {

struct CodeRange {
  uintptr_t first;
  uintptr_t end;
};

int add_object(dl_phdr_info* object, size_t, void* ranges) {
  const bool is_program = object->dlpi_name == nullptr || object->dlpi_name[0] == '\0';
  for (size_t i = 0; !is_program && i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    const uintptr_t first = object->dlpi_addr + segment.p_vaddr;
    static_cast<std::vector<CodeRange>*>(ranges)->push_back({first, first + segment.p_memsz});
  }
  return 0;
}

std::vector<CodeRange> code_of_libraries() {
  std::vector<CodeRange> ranges;
  dl_iterate_phdr(add_object, &ranges);
  return ranges;
}

// While the program starts: nothing else has been loaded by then.
const std::vector<CodeRange> linked_libraries = code_of_libraries();

// What compilers make for std::source_location, which is a pointer to it and has no other door.
struct Place {
  const char* file;
  const char* function;
  unsigned line;
  unsigned column;
};

#if defined(__cpp_lib_source_location)
static_assert(sizeof(SourceLocation) == sizeof(const Place*));
SourceLocation location_of(const Place& place) { return std::bit_cast<SourceLocation>(&place); }
#else
SourceLocation location_of(const Place& place) {
  return SourceLocation::current(place.file, place.line);
}
#endif

// Of the call, which the address comes after. One for each text, for ever.
const Place& place_before(const void* return_address) {
  Dl_info object{};
  std::string text = "code of nobody";
  if (dladdr(return_address, &object) != 0 && object.dli_fname != nullptr) {
    const auto base = reinterpret_cast<uintptr_t>(object.dli_fbase);
    text = fmt::format("{}+0x{:x}", object.dli_fname,
                       reinterpret_cast<uintptr_t>(return_address) - base - 1);
  }
  static std::unordered_map<std::string, Place> places;
  const auto [place, is_new] = places.try_emplace(std::move(text));
  if (is_new) place->second = {place->first.c_str(), "", 0, 0};
  return place->second;
}

// What an address was when it was asked for last. Another plugin may have come there since.
struct KnownCall {
  std::string file;
  uintptr_t start = 0;
  const Place* place = nullptr;
};

}  // namespace

// The loader is quick to say what an address is in, and slow to say what that is called.
SourceLocation call_place(const void* return_address) {
  dl_find_object found{};
  const bool is_known = _dl_find_object(const_cast<void*>(return_address), &found) == 0;
  const char* file = is_known ? found.dlfo_link_map->l_name : "";
  const uintptr_t start = is_known ? reinterpret_cast<uintptr_t>(found.dlfo_map_start) : 0;
  // No mutex: locking one brings simulated threads here. Nobody gives way in between.
  static std::atomic_flag busy;
  static std::unordered_map<const void*, KnownCall> calls;
  while (busy.test_and_set(std::memory_order_acquire)) {
  }
  KnownCall& call = calls[return_address];
  if (call.place == nullptr || call.start != start || call.file != file) {
    call = {file, start, &place_before(return_address)};
  }
  const Place& place = *call.place;
  busy.clear(std::memory_order_release);
  return location_of(place);
}

bool is_of_linked_library(const void* return_address) noexcept {
  const auto address = reinterpret_cast<uintptr_t>(return_address);
  for (const CodeRange& range : linked_libraries) {
    if (address >= range.first && address < range.end) return true;
  }
  return false;
}

}  // namespace daxlab
