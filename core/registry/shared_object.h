// The door to Boost.DLL, which is used nowhere else.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "core/base/trusted_path.h"

namespace daxlab {

// Names of the symbols that a shared object exports, read from the file: none of its code runs. The
// file has passed elf_refusal.
ErrorOr<std::vector<std::string>> exported_symbols(const TrustedFile& file);

struct OpenObject {
  std::shared_ptr<void> library;  // stays loaded as long as a copy lives
  const void* symbol = nullptr;   // never null in a success
};

// Loads what the file's descriptor is, whatever its path leads to by now, with every symbol bound
// at once (RTLD_NOW | RTLD_LOCAL), and looks one up. Runs the object's constructors: they may do
// anything, so the first time is in a child. A file that is loaded already is not loaded again.
//
// Backtraces, debuggers and errors know it by file.path. While its constructors run it is called by
// its descriptor; and so it is for its own run path: $ORIGIN is no folder there.
ErrorOr<OpenObject> open_shared_object(const TrustedFile& file, const std::string& symbol);

}  // namespace daxlab
