#include "harness/run/build_facts.h"

#if !defined(DAXLAB_VERSION) || !defined(DAXLAB_GIT_REVISION)
#error "harness/CMakeLists.txt defines the version and the git revision for this file"
#endif

namespace daxlab {

const char* daxlab_version() { return DAXLAB_VERSION; }
const char* git_revision() { return DAXLAB_GIT_REVISION; }
const char* build_type() {
#if defined(NDEBUG)
  return "release";
#else
  return "debug";
#endif
}
const char* compiler() {
#if defined(__clang__)
  return "Clang " __clang_version__;
#else
  return "GCC " __VERSION__;
#endif
}

}  // namespace daxlab
