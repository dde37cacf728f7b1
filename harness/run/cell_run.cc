#include "harness/run/cell_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include "harness/run/cell_body.h"
#include "harness/run/cell_process.h"
#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

const Choice& choice_of(const Cell& cell, PluginKind kind) {
  switch (kind) {
    case PluginKind::fault:
      return cell.fault;
    case PluginKind::write:
      return cell.write;
    case PluginKind::alloc:
      return cell.alloc;
  }
  return cell.fault;
}

PluginKind kind_of(PluginCallback callback) {
  const std::string_view kind = plugin_kind_of(callback);
  if (kind == name_of(PluginKind::write)) return PluginKind::write;
  if (kind == name_of(PluginKind::alloc)) return PluginKind::alloc;
  return PluginKind::fault;
}

std::string plugin_of(const Config& config, const Cell& cell, PluginCallback callback) {
  const PluginKind kind = kind_of(callback);
  const PluginDescription& plugin = config.plugin(kind, choice_of(cell, kind).name);
  return fmt::format("{} plugin '{}' ({})", name_of(kind), plugin.name, plugin.path.string());
}

ContextEntries requested_context(const Config& config, const Cell& cell) {
  const bool baseline = cell.engine == EngineKind::baseline;
  ContextEntries context = {
      {"requested_medium", baseline ? cell.directory.string() : name_of(cell.medium)},
      {"seed", std::to_string(cell.seed)}};
  if (baseline) return context;
  for (const PluginKind kind : {PluginKind::fault, PluginKind::write, PluginKind::alloc}) {
    const PluginDescription& plugin = config.plugin(kind, choice_of(cell, kind).name);
    context.emplace_back(fmt::format("plugin_hash.{}.{}", name_of(kind), plugin.name),
                         plugin.content_hash);
  }
  return context;
}

CellRun failed_run(const RunIdentity& identity, const std::string& failure) {
  CellRun run;
  run.document = failed_benchmark(identity, failure);
  run.failure = failure;
  return run;
}

CellRun run_of(const CellOutcome& outcome, const RunIdentity& identity) {
  CellRun run;
  run.interrupted = outcome.interrupted;
  if (run.interrupted) return run;
  if (outcome.failure) return failed_run(identity, *outcome.failure);
  const auto report = decode_cell_report(*outcome.result);
  if (!report) return failed_run(identity, "the cell's process sent a result that cannot be read");
  run.document = report->document;
  run.failure = report->failure;
  run.context = report->effective;
  return run;
}

}  // namespace

ErrorOr<CellRun> run_cell(const Config& config, const Cell& cell, const RunIdentity& identity,
                          int interrupt_fd) {
  // A crashed cell cannot clean up: its folder is ours.
  std::optional<ScratchFolder> folder;
  if (cell.engine == EngineKind::baseline) {
    auto made = ScratchFolder::make(cell.directory);
    if (!made.ok()) return failed_run(identity, made.error().message);
    folder.emplace(made.take());
  }
  const std::filesystem::path directory = folder ? folder->path() : std::filesystem::path();

  CellProcessSpec spec;
  spec.body = [&](CellChannel& channel, CallLog& log) {
    const CellReport report = run_cell_body(config, cell, identity, directory, channel, log);
    if (!channel.send_result(encode(report))) _exit(1);
  };
  spec.time_limit = cell.time_limit;
  spec.plugin_of = [&](PluginCallback callback) { return plugin_of(config, cell, callback); };
  spec.measured_folder = directory;
  spec.interrupt_fd = interrupt_fd;
  const auto outcome = run_cell_process(spec);
  if (!outcome.ok()) return outcome.error();
  CellRun run = run_of(outcome.value(), identity);
  const ContextEntries requested = requested_context(config, cell);
  run.context.insert(run.context.begin(), requested.begin(), requested.end());
  return run;
}

}  // namespace daxlab
