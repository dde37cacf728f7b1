// What is known of a plugin without running it in this process.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "daxlab/options.h"
#include "daxlab/plugin.h"

namespace daxlab {

enum class PluginKind : uint32_t { fault, write, alloc };
inline constexpr std::array<PluginKind, 3> plugin_kinds = {PluginKind::fault, PluginKind::write,
                                                           PluginKind::alloc};
const char* name_of(PluginKind kind);  // "fault", "write", "alloc"

// a-z first, then a-z, 0-9 and _: names of plugins and of their options.
bool is_snake_case(std::string_view word);

// daxlab::Option with strings of its own.
struct OptionDescription {
  std::string name;
  std::string help;
  OptionType type = OptionType::integer;
  OptionUnit unit = OptionUnit::none;
  uint64_t default_value = 0;
  uint64_t minimum = 0;
  uint64_t maximum = 0;
  std::vector<std::string> choices;
};

struct PluginDescription {
  PluginKind kind = PluginKind::fault;
  std::string name;
  std::string summary;
  std::filesystem::path
      path;  // absolute, symbolic links resolved: for people, and to find it again
  uint32_t abi = 0;
  bool signal_safe = false;
  bool hazard = false;          // found in a folder named hazards
  bool allow_writable = false;  // others may have written it, and may until it is loaded
  std::string content_hash;  // of the file's bytes, 16 hex digits: tells builds apart, no security
  std::vector<OptionDescription> options;
  // Files of the same kind and name that come later in the plugin path, and so are not used.
  std::vector<std::filesystem::path> not_used;
};

}  // namespace daxlab
