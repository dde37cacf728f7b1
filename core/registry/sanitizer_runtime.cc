#include "core/registry/sanitizer_runtime.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace daxlab {
namespace {

struct Runtime {
  const char* name;
  const char* entry;    // what each instrumented object calls
  const char* library;  // GCC's name for the runtime
  const char* clang;    // and Clang's
  const char* options;  // daxlab takes SIGSEGV for faults, and ends processes without cleaning up
};
constexpr std::array runtimes = {
    Runtime{"AddressSanitizer", "__asan_init", "libasan.so", "libclang_rt.asan-x86_64.so",
            "ASAN_OPTIONS=detect_leaks=0 "},
    Runtime{"ThreadSanitizer", "__tsan_init", "libtsan.so", "libclang_rt.tsan-x86_64.so", ""}};

bool contains(std::span<const std::byte> bytes, std::string_view text) {
  const auto wanted = std::as_bytes(std::span(text));
  return std::search(bytes.begin(), bytes.end(), wanted.begin(), wanted.end()) != bytes.end();
}

}  // namespace

// Not by starting daxlab again with the runtime: that changes what is measured, and preloads code
// by an environment that somebody else may have set.
std::optional<std::string> lacking_runtime(std::span<const std::byte> bytes) {
  for (const Runtime& runtime : runtimes) {
    if (!contains(bytes, runtime.entry)) continue;
    if (dlsym(RTLD_DEFAULT, runtime.entry) != nullptr) return std::nullopt;
    return fmt::format(
        "was built with {}, whose runtime must be in the process from its start; begin the command "
        "with LD_PRELOAD=$(gcc -print-file-name={}) {}and go on with daxlab ... (built by Clang "
        "with -shared-libasan: $(clang -print-file-name={}))",
        runtime.name, runtime.library, runtime.options, runtime.clang);
  }
  return std::nullopt;
}

}  // namespace daxlab
