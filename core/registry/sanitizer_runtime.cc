#include "core/registry/sanitizer_runtime.h"

#include <dlfcn.h>

#include <array>
#include <string_view>

namespace daxlab {
namespace {

struct Sanitizer {
  const char* entry;  // what each instrumented object calls
  const char* advice;
};
constexpr std::array sanitizers = {
    // Leaks are told at exit, by processes that do not clean up.
    Sanitizer{"__asan_init",
              "was built with AddressSanitizer, whose runtime must be in the process from its "
              "start; begin the command with LD_PRELOAD=$(gcc -print-file-name=libasan.so) "
              "ASAN_OPTIONS=detect_leaks=0 (Clang: build with -shared-libasan, and take "
              "$(clang -print-file-name=libclang_rt.asan-x86_64.so))"},
    // The core's own locks are not told to a preloaded runtime: what they order it calls a race.
    Sanitizer{"__tsan_init",
              "was built with ThreadSanitizer, which must see daxlab's locks, too; build daxlab "
              "with it (cmake --preset tsan && cmake --build --preset tsan) and start "
              "build/tsan/bin/daxlab"}};

bool contains(std::span<const std::byte> bytes, std::string_view text) {
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return all.find(text) != all.npos;
}

}  // namespace

// Not by starting daxlab again with the runtime: that changes what is measured, and preloads code
// by an environment that somebody else may have set.
std::optional<std::string> lacking_runtime(std::span<const std::byte> bytes) {
  for (const Sanitizer& sanitizer : sanitizers) {
    if (!contains(bytes, sanitizer.entry)) continue;
    if (dlsym(RTLD_DEFAULT, sanitizer.entry) == nullptr) return sanitizer.advice;
  }
  return std::nullopt;
}

}  // namespace daxlab
