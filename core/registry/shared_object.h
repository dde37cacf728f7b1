// The door to Boost.DLL, which is used nowhere else.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/base/error_or.h"

namespace daxlab {

// Names of the symbols that a shared object exports, read from the file: none of its code runs. The
// file has passed elf_refusal.
ErrorOr<std::vector<std::string>> exported_symbols(const std::filesystem::path& path);

struct OpenObject {
  std::shared_ptr<void> library;  // stays loaded as long as a copy lives
  const void* symbol = nullptr;   // never null in a success
};

// Loads from an absolute path with every symbol bound at once (RTLD_NOW | RTLD_LOCAL) and looks one
// up. Runs the object's constructors: they may do anything, so the first time is in a child.
ErrorOr<OpenObject> open_shared_object(const std::filesystem::path& path,
                                       const std::string& symbol);

}  // namespace daxlab
