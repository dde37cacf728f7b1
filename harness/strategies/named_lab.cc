#include "harness/strategies/named_lab.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "core/registry/program_layout.h"
#include "core/registry/registry.h"

namespace daxlab {
namespace {

[[noreturn]] void give_up(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::exit(1);
}

CallLog& call_log() {
  static CallLog log;
  return log;
}

uint64_t value_of(const OptionDescription& option, const std::string& word) {
  if (option.type == OptionType::integer) return std::stoull(word);
  if (option.type == OptionType::boolean) return word == "1" || word == "true" ? 1 : 0;
  for (uint64_t i = 0; i < option.choices.size(); ++i) {
    if (option.choices[i] == word) return i;
  }
  give_up("no choice '" + word + "' of option " + option.name);
}

StrategySpec strategy(PluginKind kind, const std::string& label) {
  static Registry registry(
      SearchPath{.folders = {layout_around(this_executable()).plugins}, .allow_writable = true});
  std::istringstream words(label);
  std::string name;
  std::getline(words, name, ':');
  auto description = registry.find(kind, name);
  if (!description.ok()) give_up(description.error().message);
  auto plugin = LoadedPlugin::load(description.value(), call_log());
  if (!plugin.ok()) give_up(plugin.error().message);
  StrategySpec spec{.plugin = plugin.take(), .options = {}};
  for (const OptionDescription& option : description.value().options) {
    spec.options.push_back(option.default_value);
  }
  for (std::string setting; std::getline(words, setting, ',');) {
    size_t equals = setting.find('=');
    bool known = false;
    for (size_t i = 0; i < spec.options.size(); ++i) {
      const OptionDescription& option = description.value().options[i];
      if (option.name != setting.substr(0, equals)) continue;
      spec.options[i] = value_of(option, setting.substr(equals + 1));
      known = true;
    }
    if (!known) give_up("no option " + setting + " of " + name);
  }
  return spec;
}

}  // namespace

LabSpec spec_of(const NamedLab& names) {
  LabSpec spec;
  spec.engine = names.engine;
  spec.region_bytes = names.region_bytes;
  spec.medium = names.region_path.empty() ? MediumKind::memfd : MediumKind::file;
  spec.region_path = names.region_path;
  spec.create = names.create;
  spec.observer = names.observer;
  spec.max_kernel_mappings = names.max_kernel_mappings;
  spec.directory = "/dev/shm";
  if (names.engine != EngineKind::baseline) {
    spec.fault = strategy(PluginKind::fault, names.fault);
    spec.write = strategy(PluginKind::write, names.write);
    spec.alloc = strategy(PluginKind::alloc, names.alloc);
  }
  return spec;
}

std::unique_ptr<Lab> make_lab(const NamedLab& names) {
  auto lab = Lab::assemble(spec_of(names), call_log());
  if (!lab.ok()) give_up(lab.error().message);
  return lab.take();
}

std::vector<std::string> fault_variants() {
  return {"page_zero",
          "page_zero:around=16",
          "page_zero:cache_limit=4",
          "global_zero",
          "global_zero:around=16",
          "global_zero:keep_own=1",
          "global_zero:zero_page=own",
          "global_zero:zero_page=own,around=8,keep_own=1",
          "native_zero",
          "alloc_on_read",
          "alloc_on_read:around=8"};
}

std::vector<std::string> write_variants() { return {"partial", "all_or_nothing", "atomic"}; }

std::string in_test_name(std::string label) {
  std::ranges::replace_if(
      label, [](char c) { return c == ':' || c == '=' || c == ',' || c == '/'; }, '_');
  return label;
}

}  // namespace daxlab
