#include "harness/config/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "harness/config/keys.h"
#include "harness/config/nested_options.h"
#include "harness/config/number_pattern.h"
#include "harness/config/option_values.h"
#include "harness/config/quantity.h"

namespace daxlab {
namespace {

// Members of the second that the first has, too, take their place there.
Json merged(Json map, const Json& more) {
  for (const auto& [key, value] : more.members()) map.set(key, value);
  return map;
}

Json number(const NumberRange& range) {
  const std::string expected =
      fmt::format("expected {} to {}", format_quantity(range.minimum, range.unit),
                  format_quantity(range.maximum, range.unit));
  // Readers of JSON have doubles, or signed numbers, for what is larger.
  constexpr uint64_t largest_exact = uint64_t{1} << 53;
  const Json maximum = range.maximum > largest_exact ? Json(static_cast<double>(range.maximum))
                                                     : Json(range.maximum);
  // `minimum` and `maximum` are for numbers, `pattern` is for strings.
  return {{"type", Json::list({"integer", "string"})},
          {"minimum", range.minimum},
          {"maximum", maximum},
          {"pattern", quantity_pattern(range.unit, range.minimum, range.maximum)},
          {"patternErrorMessage", expected}};
}

Json words(const std::vector<std::string>& choices) { return {{"enum", choices}}; }

// Text is text, also where an editor takes it for a number.
Json text() { return {{"type", Json::list({"string", "number", "boolean"})}}; }

Json reference(const std::string& definition) { return {{"$ref", "#/definitions/" + definition}}; }

Json list_of(Json items) {
  return {{"type", "array"}, {"minItems", 1}, {"uniqueItems", true}, {"items", std::move(items)}};
}

Json map_of(Json properties) {
  return {
      {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
}

Json described(Json schema, const std::string& description) {
  if (schema.contains("$ref")) schema = {{"allOf", Json::list({schema})}};
  return merged({{"description", description}}, schema);
}

Json with_default(Json schema, Json value) {
  schema.set("default", std::move(value));
  return schema;
}

// Whether a list of values may stand where an option has its value.
enum class Values { one, several };

Json one_or_list(Json one, Values values) {
  if (values == Values::one) return one;
  Json list = list_of(one);
  return {{"anyOf", Json::list({std::move(one), std::move(list)})}};
}

Json option(const OptionDescription& option, Values values) {
  const auto whole = [&](Json one, Json default_value) {
    return with_default(described(one_or_list(std::move(one), values), option.help),
                        std::move(default_value));
  };
  if (option.type == OptionType::boolean) {
    const Json schema = {
        {"anyOf", Json::list({{{"type", "boolean"}},
                              {{"type", "string"}, {"enum", Json::list({"true", "false"})}}})}};
    return whole(schema, option.default_value != 0);
  }
  if (option.type == OptionType::choice) {
    return whole(words(option.choices), option.choices.at(option.default_value));
  }
  const NumberRange range{option.unit, option.minimum, option.maximum, option.default_value};
  const std::string shown = format_quantity(option.default_value, option.unit);
  const bool is_plain = shown.find_first_not_of("0123456789") == std::string::npos;
  return whole(number(range), is_plain ? Json(option.default_value) : Json(shown));
}

// {name: one, options}
Json named_map(const std::string& name, const std::string& summary, const Json& properties) {
  Json all = merged({{"name", {{"const", name}}}}, properties);
  Json map = described(map_of(std::move(all)), summary);
  map.set("required", Json::list({"name"}));
  return map;
}

Json named(const std::string& name, const std::string& summary) {
  return {{"const", name}, {"description", summary}};
}

// Of the options below `prefix`; what lies further below is a map of its own.
Json options_of(std::span<const OptionDescription> options, Values values,
                const std::string& prefix = {}) {
  Json properties = Json::map();
  for (const std::string& key : keys_below(prefix, options)) {
    const auto own = std::ranges::find(options, prefix + key, &OptionDescription::name);
    if (own != options.end()) {
      properties.set(key, option(*own, values));
    } else {
      Json inner = map_of(options_of(options, values, prefix + key + "."));
      properties.set(key, described(std::move(inner), help_of_map(prefix + key)));
    }
  }
  return properties;
}

// `size` beside `file`, which may hold it, too.
void add_short_keys(Json& properties, std::span<const OptionDescription> options, Values values) {
  for (const OptionDescription& each : options) {
    const std::string key(short_key(each.name));
    if (!key.empty()) properties.set(key, option(each, values));
  }
}

Json plugin_choice(PluginKind kind, std::span<const PluginDescription> plugins, Values values) {
  Json choices = Json::list(), maps = Json::list(), names = Json::list();
  for (const PluginDescription& plugin : plugins) {
    if (plugin.kind != kind) continue;
    names.add(plugin.name);
    choices.add(named(plugin.name, plugin.summary));
    maps.add(named_map(plugin.name, plugin.summary, options_of(plugin.options, values)));
  }
  const Json other_name = {{"type", "string"}, {"pattern", "^[a-z][a-z0-9_]{0,63}$"}};
  choices.add(described(other_name, "A plugin of your own."));
  for (const Json& map : std::as_const(maps).items()) choices.add(map);
  Json name_of_map = other_name;
  if (!names.empty()) name_of_map.set("not", {{"enum", names}});
  choices.add({{"description", "A plugin of your own, with its options."},
               {"type", "object"},
               {"required", Json::list({"name"})},
               {"properties", {{"name", name_of_map}}},
               {"additionalProperties", one_or_list(text(), values)}});
  return {{"anyOf", choices}};
}

Json workload_map(const WorkloadDescription& workload, Values values) {
  Json properties = Json::map();
  for (const KeyDescription& key : workload_keys()) {
    const std::string_view name = key.name;
    Json schema;
    if (name == "threads") {
      NumberRange range = threads_range;
      if (!workload.multi_threaded) range.maximum = range.minimum;
      schema = with_default(one_or_list(number(range), values), range.default_value);
    } else if (name == "axes") {
      if (values == Values::one) continue;  // one cell has no axes
      schema = list_of(words(axis_words()));
      schema.set("minItems", 0);
    } else if (name == "runtime" || name == "ramp") {
      if (!workload.timed) continue;
      schema = one_or_list(number(name == "runtime" ? runtime_range : ramp_range), values);
    }
    properties.set(key.name, described(std::move(schema), key.help));
  }
  const std::vector<OptionDescription> options = describe_options(workload.options);
  add_short_keys(properties, options, values);
  Json map =
      named_map(workload.name, workload.summary, merged(properties, options_of(options, values)));
  if (workload.timed) map.set("dependencies", {{"ramp", Json::list({"runtime"})}});
  return map;
}

Json workload_choice(WorkloadTable workloads, Values values) {
  Json choices = Json::list();
  for (const WorkloadDescription* workload : workloads) {
    choices.add(named(workload->name, workload->summary));
  }
  for (const WorkloadDescription* workload : workloads) {
    choices.add(workload_map(*workload, values));
  }
  return {{"anyOf", choices}};
}

// The value of a key at the top, or in a list of matrix.
Json value_of(std::string_view key) {
  if (key == "path") return one_or_list(text(), Values::several);
  if (key == "io") return one_or_list(words(words_of(io_kinds)), Values::several);
  return reference(std::string(key));
}

// The same key of a cell of include or exclude.
Json value_of_cell(std::string_view key) {
  if (key == "path") return text();
  if (key == "io") return words(words_of(io_kinds));
  if (key == "engine" || key == "medium") return reference(std::string(key));
  return reference(fmt::format("one_{}", key));
}

template <class Value>
Json properties_of(KeyTable keys, Value value) {
  Json properties = Json::map();
  for (const KeyDescription& key : keys)
    properties.set(key.name, described(value(key.name), key.help));
  return properties;
}

Json include_schema() {
  Json cell = properties_of(include_keys(), value_of_cell);
  cell.set("engine", described(words({name_of(EngineKind::mmu), name_of(EngineKind::simulator)}),
                               include_keys()[0].help));
  Json baseline = properties_of(baseline_include_keys(), value_of_cell);
  baseline.set("engine",
               described(words({name_of(EngineKind::baseline)}), baseline_include_keys()[0].help));
  return {
      {"type", "array"},
      {"items", {{"anyOf", Json::list({map_of(std::move(cell)), map_of(std::move(baseline))})}}}};
}

Json exclude_schema() {
  Json item = map_of(properties_of(exclude_keys(), value_of_cell));
  item.set("minProperties", 1);
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
      size.set("multipleOf", block_bytes);
      return size;
    }
    if (key == "create") return with_default(words(words_of(creations)), "if_missing");
    if (key != "path") return value_of(key);
    Json path = text();
    path.set("minLength", 1);
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
    cpus.set("maxItems", most_cpus);
    return cpus;
  }
  if (key == "userfaultfd") {
    return with_default(words(userfaultfd_words()), userfaultfd_words().front());
  }
  if (key == "workloads") {
    return {{"anyOf", Json::list({{{"const", "all"}}, list_of(reference("workload"))})}};
  }
  return value_of(key);
}

// A value cannot be given twice: once for all cells, and as a list.
Json not_twice(const std::string& key, const char* holder) {
  Json required = Json::list({"matrix", holder == nullptr ? key : holder});
  Json properties = {{"matrix", {{"required", Json::list({key})}}}};
  if (holder != nullptr) properties.set(holder, {{"required", Json::list({key})}});
  const Json both = {{"required", std::move(required)}, {"properties", std::move(properties)}};
  return {{"not", both},
          {"errorMessage", fmt::format("'{}' is given as a single value and in matrix; keep one of "
                                       "them",
                                       key)}};
}

}  // namespace

std::string config_schema(std::span<const PluginDescription> plugins, WorkloadTable workloads) {
  Json schema = merged({{"$schema", "http://json-schema.org/draft-07/schema#"},
                        {"title", "An experiment of daxlab"}},
                       map_of(properties_of(top_keys(), top_value)));
  schema.set("patternProperties", {{fmt::format("^{}", own_key_prefix),
                                    {{"description", "Yours: a place for anchors."}}}});
  schema.set("required", Json::list({"workloads"}));
  schema.set("allOf", Json::list({not_twice("engine", nullptr), not_twice("medium", "region"),
                                  not_twice("fault", nullptr), not_twice("write", nullptr),
                                  not_twice("alloc", nullptr)}));
  Json definitions = {{"engine", words(words_of(engines))}, {"medium", words(words_of(media))}};
  for (const Values values : {Values::several, Values::one}) {
    const std::string prefix = values == Values::one ? "one_" : "";
    for (const PluginKind kind : plugin_kinds) {
      definitions.set(prefix + name_of(kind), plugin_choice(kind, plugins, values));
    }
    definitions.set(prefix + "workload", workload_choice(workloads, values));
  }
  schema.set("definitions", std::move(definitions));
  return schema.dump(1) + "\n";
}

}  // namespace daxlab
