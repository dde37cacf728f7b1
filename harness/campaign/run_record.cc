#include "harness/campaign/run_record.h"

#include <fmt/format.h>

#include <optional>

#include "core/base/json_fields.h"
#include "harness/config/cell_config.h"
#include "harness/run/cell_run.h"

namespace daxlab {
namespace {

std::string text_of_cell(const Json& cell) { return with_sorted_keys(cell).dump(); }

std::vector<RecordedPlugin> plugins_of(const SelectedCell& selected) {
  std::vector<RecordedPlugin> plugins;
  if (selected.cell->engine == EngineKind::baseline) return plugins;
  for (const PluginKind kind : plugin_kinds) {
    const PluginDescription& plugin = plugin_of(*selected.config, *selected.cell, kind);
    plugins.push_back({name_of(kind), plugin.name, plugin.path.string(), plugin.content_hash});
  }
  return plugins;
}

void read_plugins(const JsonFields& fields, std::optional<std::string>& problem,
                  RecordedCell& cell) {
  for (const Json& json : fields.list("plugins")) {
    const JsonFields plugin(json, problem);
    RecordedPlugin& read = cell.plugins.emplace_back();
    plugin.read("kind", read.kind);
    plugin.read("name", read.name);
    plugin.read("path", read.path);
    plugin.read("content_hash", read.content_hash);
  }
}

// "Linux 6.1 x86_64, AMD EPYC"
std::string machine_of(const ContextEntries& context) {
  std::string machine;
  for (const char* key : {"kernel", "cpu_model"}) {
    const std::string value = value_of(context, key);
    if (!value.empty()) machine += (machine.empty() ? "" : ", ") + value;
  }
  return machine;
}

}  // namespace

std::string value_of(const ContextEntries& context, std::string_view key) {
  for (const auto& [name, value] : context) {
    if (name == key) return value;
  }
  return {};
}

std::string cell_text(const SelectedCell& selected) {
  return text_of_cell(cell_config(*selected.config, *selected.cell));
}

std::shared_ptr<const RecordedCell> record_cell(const SelectedCell& selected) {
  auto cell = std::make_shared<RecordedCell>();
  cell->config = cell_config(*selected.config, *selected.cell);
  cell->text = text_of_cell(cell->config);
  cell->plugins = plugins_of(selected);
  return cell;
}

RunRecord make_record(std::shared_ptr<const RecordedCell> cell, const CellReport& report) {
  RunRecord record{report.record, std::move(cell),
                   std::make_shared<ContextEntries>(report.context)};
  record.result.machine = machine_of(report.context);
  return record;
}

Json record_json(const RunRecord& record) {
  Json json = result_json(record.result);
  json.set("cell", record.cell->config);
  Json plugins = Json::list();
  for (const RecordedPlugin& plugin : record.cell->plugins) {
    plugins.add({{"kind", plugin.kind},
                 {"name", plugin.name},
                 {"path", plugin.path},
                 {"content_hash", plugin.content_hash}});
  }
  json.set("plugins", std::move(plugins));
  Json context = Json::map();
  for (const auto& [key, value] : *record.context) context.set(key, value);
  json.set("context", std::move(context));
  return json;
}

ErrorOr<RunRecord> read_record(const Json& json) {
  if (json["name"].is_text() && !json.contains("cell")) {
    return Error{
        fmt::format("the record of '{}' does not carry its cell's config (no \"cell\"): "
                    "it was written by an older daxlab, or by another program",
                    json["name"].text())};
  }
  auto result = read_result(json);
  if (!result.ok()) return Error{"not a record of a run: " + result.error().message};
  auto cell = std::make_shared<RecordedCell>();
  auto context = std::make_shared<ContextEntries>();
  std::optional<std::string> problem;
  const JsonFields fields(json, problem);
  cell->config = fields.map("cell");
  cell->text = text_of_cell(cell->config);
  read_plugins(fields, problem, *cell);
  for (const auto& [key, value] : fields.map("context").members()) {
    if (!value.is_text() && !problem) problem = fmt::format("context: {} is no text", key);
    context->emplace_back(key, value.text());
  }
  if (problem) return Error{fmt::format("the record of '{}': {}", result.value().name, *problem)};
  RunRecord record{result.take(), std::move(cell), context};
  record.result.machine = machine_of(*context);
  return record;
}

}  // namespace daxlab
