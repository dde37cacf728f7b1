#include "harness/run/allocator_space.h"

#include <fmt/format.h>

#include "core/base/json_fields.h"
#include "core/lab/strategy_instance.h"
#include "harness/run/cell_process.h"

namespace daxlab {
namespace {

constexpr std::chrono::seconds time_limit{60}, call_limit{5};

std::string plugin_text(const PluginDescription& plugin) {
  return fmt::format("{} plugin '{}' ({})", name_of(plugin.kind), plugin.name,
                     plugin.path.string());
}

ErrorOr<FreeSpace> ask(const PluginDescription& allocator, Geometry geometry,
                       const std::vector<Extent>& used, CallLog& log) {
  auto plugin = LoadedPlugin::load(allocator, log);
  if (!plugin.ok()) return plugin.error();
  StrategySpec spec{plugin.take(), {}};
  for (const OptionDescription& option : allocator.options) {
    spec.options.push_back(option.default_value);
  }
  const auto made = StrategyInstance<AllocPlugin, Allocator>::create(
      spec, *spec.plugin.alloc(), PluginCallback::alloc_create, log);
  if (!made.ok()) return made.error();
  Allocator& strategy = made.value()->strategy();
  const auto refused = [&](const char* call, Status status) {
    return Error{
        fmt::format("{}: {} failed: {}", plugin_text(allocator), call, describe(status.code()))};
  };
  {
    const InPlugin in_plugin(log, PluginCallback::alloc_init);
    if (const Status status = strategy.init(geometry); !status.ok()) return refused("init", status);
  }
  for (const Extent extent : used) {
    const InPlugin in_plugin(log, PluginCallback::alloc_mark_used);
    const Status status = strategy.mark_used(extent);
    if (!status.ok()) return refused("mark_used", status);
  }
  const InPlugin in_plugin(log, PluginCallback::alloc_free_space);
  return strategy.free_space();
}

std::string encode(const ErrorOr<FreeSpace>& answer) {
  if (!answer.ok()) return Json{{"error", answer.error().message}}.dump();
  const FreeSpace& space = answer.value();
  return Json{{"error", ""},
              {"free", space.free_blocks},
              {"largest", space.largest_extent_blocks},
              {"reserved", space.reserved_blocks}}
      .dump();
}

ErrorOr<FreeSpace> decode(const std::string& text) {
  const auto message = parse_json(text);
  if (!message.ok()) return message.error();
  std::optional<std::string> problem;
  const JsonFields fields(message.value(), problem);
  std::string error;
  FreeSpace space{};
  fields.read("error", error);
  if (!error.empty()) return Error{error};
  fields.read("free", space.free_blocks);
  fields.read("largest", space.largest_extent_blocks);
  fields.read("reserved", space.reserved_blocks);
  if (problem) return Error{*problem};
  return space;
}

}  // namespace

ErrorOr<FreeSpace> ask_free_space(const PluginDescription& allocator, Geometry geometry,
                                  const std::vector<Extent>& used) {
  auto process =
      CellProcess::start({.body =
                              [&](CellChannel& channel, CallLog& log) {
                                log.watch(CallLog::end);
                                channel.send_result(encode(ask(allocator, geometry, used, log)));
                              },
                          .time_limit = time_limit,
                          .plugin_of = [&](PluginCallback) { return plugin_text(allocator); },
                          .measured_folder = {},
                          .call_limit = call_limit});
  if (!process.ok()) return process.error();
  const CellOutcome outcome = process.value()->outcome();
  if (outcome.result) return decode(*outcome.result);
  return Error{outcome.cause.empty() ? "no answer of " + plugin_text(allocator) : outcome.cause};
}

}  // namespace daxlab
