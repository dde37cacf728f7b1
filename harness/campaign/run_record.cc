#include "harness/campaign/run_record.h"

#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/config/cell_config.h"

namespace daxlab {
namespace {

using Json = nlohmann::ordered_json;

std::string in_one_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The only record of a document of Google Benchmark.
std::optional<Json> record_in(const std::string& document_text) try {
  const Json document = Json::parse(document_text);
  const Json& record = document.at("benchmarks").at(0);
  if (!record.at("name").is_string() || !record.at("real_time").is_number_float()) return {};
  return record;
} catch (const Json::exception&) {
  return std::nullopt;
}

Json plugins_json(const SelectedCell& selected) {
  Json plugins = Json::array();
  if (selected.cell->engine == EngineKind::baseline) return plugins;
  for (const PluginKind kind : plugin_kinds) {
    const PluginDescription& plugin = plugin_of(*selected.config, *selected.cell, kind);
    plugins.push_back({{"kind", name_of(kind)},
                       {"name", plugin.name},
                       {"path", plugin.path.string()},
                       {"content_hash", plugin.content_hash}});
  }
  return plugins;
}

}  // namespace

std::string cell_text(const SelectedCell& selected) {
  return nlohmann::json::parse(cell_config_text(*selected.config, *selected.cell)).dump();
}

RunRecord make_record(const SelectedCell& cell, const RunIdentity& identity, const CellRun& run) {
  auto record = record_in(run.document);
  if (!record) {
    record =
        record_in(failed_benchmark(identity,
                                   "the result of a cell's process is not a document of Google "
                                   "Benchmark with one record"));
  }
  if (!record) std::abort();  // the library's own form is not what it was
  (*record)["cell"] = Json::parse(cell_config_text(*cell.config, *cell.cell));
  (*record)["plugins"] = plugins_json(cell);
  Json context = Json::object();
  for (const auto& [key, value] : run.context) context[key] = value;
  (*record)["context"] = context;
  auto made = read_record(in_one_line(*record));
  if (!made.ok()) std::abort();
  return made.take();
}

ErrorOr<RunRecord> read_record(const std::string& text) try {
  const Json json = Json::parse(text);
  RunRecord record;
  json.at("name").get_to(record.name);
  if (!json.contains("cell")) {
    return Error{
        fmt::format("the record of '{}' does not carry its cell's config (no \"cell\"): "
                    "it was written by an older daxlab, or by another program",
                    record.name)};
  }
  record.cell = nlohmann::json::parse(json.at("cell").dump()).dump();
  record.repetition = json.value("repetition_index", uint64_t{0});
  record.failed = json.value("error_occurred", false);
  for (const Json& plugin : json.at("plugins")) {
    record.plugins.push_back(
        {plugin.at("kind"), plugin.at("name"), plugin.at("path"), plugin.at("content_hash")});
  }
  for (const auto& [key, value] : json.at("context").items()) {
    if (!value.is_string())
      return Error{fmt::format("context of '{}': {} is no text", record.name, key)};
  }
  if (!json.at("cell").is_object() || !json.at("real_time").is_number()) {
    return Error{fmt::format("the record of '{}' has no cell or no time", record.name)};
  }
  record.json = in_one_line(json);
  return record;
} catch (const Json::exception& problem) {
  return Error{fmt::format("not a record of a run: {}", problem.what())};
}

}  // namespace daxlab
