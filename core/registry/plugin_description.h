// What is known of a plugin without running it in this process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "daxlab/options.h"
#include "daxlab/plugin.h"

namespace daxlab {

enum class PluginKind : uint32_t { fault, write, alloc };
const char* name_of(PluginKind kind);  // "fault", "write", "alloc"

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
  std::filesystem::path path;  // absolute
  uint32_t abi = 0;
  bool signal_safe = false;
  bool hazard = false;       // found in a folder named hazards
  std::string content_hash;  // of the file's bytes, 16 hex digits: tells builds apart, no security
  std::vector<OptionDescription> options;
};

}  // namespace daxlab
