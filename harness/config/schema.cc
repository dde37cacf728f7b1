#include "harness/config/schema.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/config/keys.h"
#include "harness/config/number_pattern.h"
#include "harness/config/option_values.h"
#include "harness/config/quantity.h"

namespace daxlab {
namespace {

using Json = nlohmann::ordered_json;

Json number(const NumberRange& range) {
  const std::string expected =
      fmt::format("expected {} to {}", format_quantity(range.minimum, range.unit),
                  format_quantity(range.maximum, range.unit));
  // Readers of JSON have doubles, or signed numbers, for what is larger.
  constexpr uint64_t largest_exact = uint64_t{1} << 53;
  const Json maximum = range.maximum > largest_exact ? Json(static_cast<double>(range.maximum))
                                                     : Json(range.maximum);
  // `minimum` and `maximum` are for numbers, `pattern` is for strings.
  return {{"type", {"integer", "string"}},
          {"minimum", range.minimum},
          {"maximum", maximum},
          {"pattern", quantity_pattern(range.unit, range.minimum, range.maximum)},
          {"patternErrorMessage", expected}};
}

Json words(const std::vector<std::string>& choices) { return {{"enum", choices}}; }

// Text is text, also where an editor takes it for a number.
Json text() { return {{"type", {"string", "number", "boolean"}}}; }

Json reference(const std::string& definition) { return {{"$ref", "#/definitions/" + definition}}; }

Json list_of(Json items) {
  return {{"type", "array"}, {"minItems", 1}, {"uniqueItems", true}, {"items", std::move(items)}};
}

Json map_of(Json properties) {
  return {
      {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
}

Json described(Json schema, const std::string& description) {
  if (schema.contains("$ref")) schema = {{"allOf", Json::array({std::move(schema)})}};
  Json with = {{"description", description}};
  with.update(schema);
  return with;
}

Json with_default(Json schema, Json value) {
  schema["default"] = std::move(value);
  return schema;
}

Json option(const OptionDescription& option) {
  if (option.type == OptionType::boolean) {
    const Json schema = {
        {"anyOf", {{{"type", "boolean"}}, {{"type", "string"}, {"enum", {"true", "false"}}}}}};
    return with_default(described(schema, option.help), option.default_value != 0);
  }
  if (option.type == OptionType::choice) {
    return with_default(described(words(option.choices), option.help),
                        option.choices.at(option.default_value));
  }
  const NumberRange range{option.unit, option.minimum, option.maximum, option.default_value};
  const std::string shown = format_quantity(option.default_value, option.unit);
  const bool is_plain = shown.find_first_not_of("0123456789") == std::string::npos;
  return with_default(described(number(range), option.help),
                      is_plain ? Json(option.default_value) : Json(shown));
}

// {name: one, options}
Json named_map(const std::string& name, const std::string& summary, Json properties) {
  Json all = {{"name", {{"const", name}}}};
  all.update(properties);
  Json map = described(map_of(std::move(all)), summary);
  map["required"] = {"name"};
  return map;
}

Json named(const std::string& name, const std::string& summary) {
  return {{"const", name}, {"description", summary}};
}

Json options_of(std::span<const OptionDescription> options) {
  Json properties = Json::object();
  for (const OptionDescription& each : options) properties[each.name] = option(each);
  return properties;
}

Json plugin_choice(PluginKind kind, std::span<const PluginDescription> plugins) {
  Json choices = Json::array(), maps = Json::array(), names = Json::array();
  for (const PluginDescription& plugin : plugins) {
    if (plugin.kind != kind) continue;
    names.push_back(plugin.name);
    choices.push_back(named(plugin.name, plugin.summary));
    maps.push_back(named_map(plugin.name, plugin.summary, options_of(plugin.options)));
  }
  const Json other_name = {{"type", "string"}, {"pattern", "^[a-z][a-z0-9_]{0,63}$"}};
  choices.push_back(described(other_name, "A plugin of your own."));
  choices.insert(choices.end(), maps.begin(), maps.end());
  Json name_of_map = other_name;
  if (!names.empty()) name_of_map["not"] = {{"enum", names}};
  choices.push_back({{"description", "A plugin of your own, with its options."},
                     {"type", "object"},
                     {"required", {"name"}},
                     {"properties", {{"name", name_of_map}}},
                     {"additionalProperties", text()}});
  return {{"anyOf", choices}};
}

Json workload_map(const WorkloadDescription& workload, bool has_axes) {
  Json properties = Json::object();
  for (const KeyDescription& key : workload_keys()) {
    const std::string_view name = key.name;
    Json schema;
    if (name == "threads") {
      NumberRange range = threads_range;
      if (!workload.multi_threaded) range.maximum = range.minimum;
      schema = with_default(number(range), range.default_value);
    } else if (name == "axes") {
      if (!has_axes) continue;
      schema = list_of(words(axis_words()));
      schema["minItems"] = 0;
    } else if (name == "runtime" || name == "ramp") {
      if (!workload.timed) continue;
      schema = number(name == "runtime" ? runtime_range : ramp_range);
    }
    properties[key.name] = described(std::move(schema), key.help);
  }
  properties.update(options_of(describe_options(workload.options)));
  Json map = named_map(workload.name, workload.summary, std::move(properties));
  if (workload.timed) map["dependencies"] = {{"ramp", {"runtime"}}};
  return map;
}

Json workload_choice(WorkloadTable workloads, bool has_axes) {
  Json choices = Json::array();
  for (const WorkloadDescription* workload : workloads) {
    choices.push_back(named(workload->name, workload->summary));
  }
  for (const WorkloadDescription* workload : workloads) {
    choices.push_back(workload_map(*workload, has_axes));
  }
  return {{"anyOf", choices}};
}

// The value of a key that means the same wherever it stands.
Json value_of(std::string_view key) {
  if (key == "engine" || key == "medium") return reference(std::string(key));
  if (key == "fault" || key == "write" || key == "alloc") return reference(std::string(key));
  if (key == "workload") return reference("one_workload");
  return text();  // path
}

template <class Value>
Json properties_of(KeyTable keys, Value value) {
  Json properties = Json::object();
  for (const KeyDescription& key : keys)
    properties[key.name] = described(value(key.name), key.help);
  return properties;
}

Json include_schema() {
  Json cell = properties_of(include_keys(), value_of);
  cell["engine"] = described(words({name_of(EngineKind::mmu), name_of(EngineKind::simulator)}),
                             include_keys()[0].help);
  Json baseline = properties_of(baseline_include_keys(), value_of);
  baseline["engine"] =
      described(words({name_of(EngineKind::baseline)}), baseline_include_keys()[0].help);
  return {{"type", "array"},
          {"items", {{"anyOf", {map_of(std::move(cell)), map_of(std::move(baseline))}}}}};
}

Json exclude_schema() {
  Json item = map_of(properties_of(exclude_keys(), value_of));
  item["minProperties"] = 1;
  return {{"type", "array"}, {"items", std::move(item)}};
}

Json matrix_schema() {
  return map_of(properties_of(matrix_keys(), [](std::string_view key) {
    if (key == "include") return include_schema();
    if (key == "exclude") return exclude_schema();
    return list_of(value_of(key));
  }));
}

Json region_schema() {
  return map_of(properties_of(region_keys(), [](std::string_view key) {
    if (key == "size") {
      Json size = with_default(number(region_size_range),
                               format_quantity(region_size_range.default_value, OptionUnit::bytes));
      size["multipleOf"] = block_bytes;
      return size;
    }
    if (key == "create") return with_default(words(words_of(creations)), "if_missing");
    if (key != "path") return value_of(key);
    Json path = text();
    path["minLength"] = 1;
    return path;
  }));
}

Json top_value(std::string_view key) {
  if (key == "seed") return with_default(number(seed_range), seed_range.default_value);
  if (key == "repetitions") {
    return with_default(number(repetitions_range), repetitions_range.default_value);
  }
  if (key == "time_limit") {
    return with_default(number(time_limit_range),
                        format_quantity(time_limit_range.default_value, OptionUnit::nanoseconds));
  }
  if (key == "region") return region_schema();
  if (key == "matrix") return matrix_schema();
  if (key == "order") return with_default(words(order_words()), order_words().front());
  if (key == "cpus") {
    Json cpus = list_of(number(cpu_range));
    cpus["maxItems"] = most_cpus;
    return cpus;
  }
  if (key == "workloads") return {{"anyOf", {{{"const", "all"}}, list_of(reference("workload"))}}};
  return value_of(key);
}

// A value cannot be given twice: once for all cells, and as a list.
Json not_twice(const std::string& key, const char* holder) {
  Json both = {{"required", {"matrix"}}, {"properties", {{"matrix", {{"required", {key}}}}}}};
  if (holder == nullptr) {
    both["required"].push_back(key);
  } else {
    both["required"].push_back(holder);
    both["properties"][holder] = {{"required", {key}}};
  }
  return {{"not", both},
          {"errorMessage", fmt::format("'{}' is given as a single value and in matrix; keep one of "
                                       "them",
                                       key)}};
}

}  // namespace

std::string config_schema(std::span<const PluginDescription> plugins, WorkloadTable workloads) {
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"title", "An experiment of daxlab"}};
  schema.update(map_of(properties_of(top_keys(), top_value)));
  schema["patternProperties"] = {
      {fmt::format("^{}", own_key_prefix), {{"description", "Yours: a place for anchors."}}}};
  schema["required"] = {"workloads"};
  schema["allOf"] = {not_twice("engine", nullptr), not_twice("medium", "region"),
                     not_twice("fault", nullptr), not_twice("write", nullptr),
                     not_twice("alloc", nullptr)};
  Json definitions = {{"engine", words(words_of(engines))}, {"medium", words(words_of(media))}};
  for (PluginKind kind : plugin_kinds) definitions[name_of(kind)] = plugin_choice(kind, plugins);
  definitions["workload"] = workload_choice(workloads, true);
  definitions["one_workload"] = workload_choice(workloads, false);
  schema["definitions"] = std::move(definitions);
  return schema.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace daxlab
