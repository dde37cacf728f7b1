// A project for one plugin, outside of daxlab's tree: the files of a template, with its name in
// them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "core/registry/plugin_description.h"
#include "core/registry/program_layout.h"

namespace daxlab {

struct PluginProject {
  PluginKind kind = PluginKind::alloc;
  std::string name;
  std::filesystem::path folder;  // absolute; its last part is the name
};

// Why no new plugin of that kind should be called so; nullopt: it may. `plugins` is the folder of
// the shipped ones.
std::optional<Error> refuse_name(PluginKind kind, const std::string& name,
                                 const std::filesystem::path& plugins);

// Makes the folder, which must not be there, and its files, whose names it returns. After an error
// nothing is there that was not before.
ErrorOr<std::vector<std::string>> make_project(const PluginProject& project,
                                               const ProgramLayout& layout);

}  // namespace daxlab
