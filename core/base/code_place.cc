#include "core/base/code_place.h"

#include <dlfcn.h>
#include <link.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace daxlab {

// dladdr takes a lock of the loader; _dl_find_object does not, and may be called in a handler.
CodePlace place_of_call(const void* return_address) noexcept {
  CodePlace place;
  dl_find_object found{};
  if (_dl_find_object(const_cast<void*>(return_address), &found) != 0) return place;
  const link_map& map = *found.dlfo_link_map;
  if (map.l_name[0] == 0) {  // the program
    const int kept = errno;
    const ssize_t length = readlink("/proc/self/exe", place.object.data(), place.object.size() - 1);
    errno = kept;
    if (length < 0) return place;
  } else {
    const size_t length = std::strlen(map.l_name);
    if (length >= place.object.size()) return place;
    std::memcpy(place.object.data(), map.l_name, length);
  }
  place.offset = reinterpret_cast<uintptr_t>(return_address) - map.l_addr - 1;
  return place;
}

}  // namespace daxlab
