// What was built, from what, by which compiler: fixed when CMake configures.
#pragma once

namespace daxlab {

const char* daxlab_version();  // "0.1.0"
const char* git_revision();    // "6a11781", with "-dirty" when there were changes; or "unknown"
const char* compiler();        // "GCC 12.2.0"
const char* build_type();      // "release", or "debug" where asserts are on

}  // namespace daxlab
