#include "harness/config/config.h"

#include <fmt/format.h>

#include <cassert>

#include "harness/config/quantity.h"

namespace daxlab {

std::string Choice::label() const {
  std::string label = name;
  for (size_t i = 0; i < non_defaults.size(); ++i) {
    label += (i == 0 ? ":" : ",") + non_defaults[i];
  }
  return label;
}

std::string Cell::workload_label() const {
  Choice shown = workload;
  const auto show = [&](const char* key, std::chrono::nanoseconds time) {
    if (time.count() == 0) return;
    const auto time_ns = static_cast<uint64_t>(time.count());
    shown.non_defaults.push_back(
        fmt::format("{}={}", key, format_quantity(time_ns, OptionUnit::nanoseconds)));
  };
  show("runtime", runtime);
  show("ramp", ramp);
  return shown.label();
}

std::string directory_name(const std::filesystem::path& directory) {
  std::string name;
  for (const std::filesystem::path& part : directory.lexically_normal().relative_path()) {
    if (part.empty()) continue;  // behind the last slash
    name += (name.empty() ? "" : "-") + part.string();
  }
  for (char& c : name) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (!is_plain) c = '_';
  }
  return name.empty() ? "root" : name;
}

std::string Cell::name() const {
  if (engine == EngineKind::baseline) {
    return fmt::format("{}/{}/{}/-/{}/-/threads:{}", workload_label(), name_of(engine),
                       directory_in_name ? directory_name(directory) : "-",
                       io == IoKind::buffered ? "-" : name_of(io), threads);
  }
  return fmt::format("{}/{}/{}/{}/{}/{}/threads:{}", workload_label(), name_of(engine),
                     name_of(medium), fault.label(), write.label(), alloc.label(), threads);
}

std::string Combination::name() const {
  return fmt::format("{}/{}/{}", fault.label(), write.label(), alloc.label());
}

const PluginDescription& Config::plugin(PluginKind kind, const std::string& name) const {
  const PluginDescription* found = nullptr;
  for (const PluginDescription& plugin : plugins) {
    if (plugin.kind == kind && plugin.name == name) found = &plugin;
  }
  assert(found != nullptr);
  return *found;
}

const char* name_of(EngineKind engine) {
  switch (engine) {
    case EngineKind::mmu:
      return "mmu";
    case EngineKind::simulator:
      return "simulator";
    case EngineKind::baseline:
      return "baseline";
  }
  return "?";
}

const char* name_of(IoKind io) { return io == IoKind::direct ? "direct" : "buffered"; }

}  // namespace daxlab
