#include "harness/config/cell_config.h"

#include <cassert>

#include "harness/config/keys.h"
#include "harness/config/option_values.h"
#include "harness/config/quantity.h"

namespace daxlab {
namespace {

// A number with a unit is a string, as people write it.
Json quantity_json(uint64_t value, OptionUnit unit) {
  const std::string text = format_quantity(value, unit);
  const bool is_plain = text.find_first_not_of("0123456789") == std::string::npos;
  return is_plain ? Json(value) : Json(text);
}

Json time_json(std::chrono::nanoseconds time) {
  return quantity_json(static_cast<uint64_t>(time.count()), OptionUnit::nanoseconds);
}

Json option_json(uint64_t value, const OptionDescription& option) {
  switch (option.type) {
    case OptionType::boolean:
      return value != 0;
    case OptionType::choice:
      return option.choices.at(value);
    case OptionType::integer:
      break;
  }
  return quantity_json(value, option.unit);
}

// "file.size" is the value `size` of the map `file`.
void set_at(Json& map, const std::string& path, Json value) {
  const size_t dot = path.find('.');
  if (dot == path.npos) {
    map.set(path, std::move(value));
    return;
  }
  const std::string key = path.substr(0, dot);
  if (!map.contains(key)) map.set(key, Json::map());
  set_at(*map.find(key), path.substr(dot + 1), std::move(value));
}

void add_options(Json& map, const Choice& choice, std::span<const OptionDescription> options) {
  assert(choice.values.size() == options.size());
  for (size_t i = 0; i < options.size(); ++i) {
    set_at(map, options[i].name, option_json(choice.values[i], options[i]));
  }
}

Json plugin_json(const Config& config, PluginKind kind, const Choice& choice) {
  Json map = {{"name", choice.name}};
  add_options(map, choice, config.plugin(kind, choice.name).options);
  return map;
}

Json workload_json(const Cell& cell, WorkloadTable workloads) {
  Json map = {{"name", cell.workload.name}, {"threads", cell.threads}};
  if (cell.runtime.count() != 0) map.set("runtime", time_json(cell.runtime));
  if (cell.ramp.count() != 0) map.set("ramp", time_json(cell.ramp));
  for (const WorkloadDescription* workload : workloads) {
    if (workload->name != cell.workload.name) continue;
    add_options(map, cell.workload, describe_options(workload->options));
  }
  return map;
}

Json size_json(const Cell& cell) { return quantity_json(cell.region_bytes, OptionUnit::bytes); }

Json region_json(const Cell& cell) {
  Json region = {{"medium", name_of(cell.medium)}};
  if (cell.region_bytes != 0) region.set("size", size_json(cell));
  if (has_path(cell.medium)) {
    region.set("path", cell.region_path.string());
    region.set("create", name_of(cell.create));
  }
  return region;
}

// JSON leaves DEL as it is; a config has no control characters.
std::string escape_delete(const std::string& json) {
  std::string text;
  for (const char c : json) {
    if (c == '\x7F') {
      text += "\\u007f";
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

Json cell_config(const Config& config, const Cell& cell, WorkloadTable workloads) {
  Json root;
  root.set("seed", cell.seed);
  root.set("engine", name_of(cell.engine));
  if (cell.engine == EngineKind::baseline) {
    // A list, for the name to show it again.
    const Json path = cell.directory.string();
    root.set("path", cell.directory_in_name ? Json::list({path}) : path);
    if (cell.io != IoKind::buffered) root.set("io", name_of(cell.io));
    if (cell.region_bytes != 0) root.set("region", {{"size", size_json(cell)}});
  } else {
    root.set("region", region_json(cell));
    root.set("fault", plugin_json(config, PluginKind::fault, cell.fault));
    root.set("write", plugin_json(config, PluginKind::write, cell.write));
    root.set("alloc", plugin_json(config, PluginKind::alloc, cell.alloc));
  }
  root.set("repetitions", cell.repetitions);
  root.set("time_limit", time_json(cell.time_limit));
  if (!cell.cpus.empty()) root.set("cpus", cell.cpus);
  if (cell.userfaultfd_forbidden) root.set("userfaultfd", userfaultfd_words().back());
  root.set("workloads", Json::list({workload_json(cell, workloads)}));
  return root;
}

std::string cell_config_text(const Config& config, const Cell& cell, WorkloadTable workloads) {
  return escape_delete(cell_config(config, cell, workloads).dump(2)) + "\n";
}

}  // namespace daxlab
