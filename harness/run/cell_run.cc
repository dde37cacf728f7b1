#include "harness/run/cell_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <set>

#include "harness/run/baseline_place.h"
#include "harness/run/cell_body.h"
#include "harness/run/cpu_choice.h"
#include "harness/run/devices_in_use.h"
#include "harness/run/kernel_dax_events.h"
#include "harness/run/system_call_filter.h"

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

ContextEntries requested_context(const Config& config, const Cell& cell) {
  const bool baseline = cell.engine == EngineKind::baseline;
  ContextEntries context = {
      {"requested_medium", baseline ? cell.directory.string() : name_of(cell.medium)},
      {"seed", std::to_string(cell.seed)}};
  if (!cell.cpus.empty()) context.emplace_back("cpus", format_cpus(cell.cpus));
  if (baseline) return context;
  for (const PluginKind kind : plugin_kinds) {
    const PluginDescription& plugin = plugin_of(config, cell, kind);
    context.emplace_back(fmt::format("plugin_hash.{}.{}", name_of(kind), plugin.name),
                         plugin.content_hash);
  }
  return context;
}

CellReport report_of(const CellOutcome& outcome, const RunIdentity& identity) {
  return outcome.failure ? failed_report(identity, *outcome.failure)
                         : report_of_text(*outcome.result, identity);
}

// The process is pinned before there is anything of the lab, whose memory is then near its CPUs;
// and no plugin has run in it when userfaultfd is forbidden.
CellReport prepare_and_run(const Config& config, const Cell& cell, const RunIdentity& identity,
                           const std::filesystem::path& directory, const std::set<dev_t>& in_use,
                           CellChannel& channel, CallLog& log, Trace* trace) {
  if (!cell.cpus.empty()) {
    if (const auto error = run_on_cpus(cell.cpus)) {
      return failed_report(identity, refusal(*error));
    }
  }
  if (cell.engine == EngineKind::baseline) {
    if (const auto reason = prepare_baseline_place(cell, directory, in_use)) {
      return failed_report(identity, {*reason, FailureKind::skipped});
    }
  }
  if (cell.userfaultfd_forbidden) {
    if (const auto error = forbid_userfaultfd()) return failed_report(identity, refusal(*error));
  }
  return run_cell_body(config, cell, identity, directory, channel, log, trace);
}

}  // namespace

const PluginDescription& plugin_of(const Config& config, const Cell& cell, PluginKind kind) {
  return config.plugin(kind, choice_of(cell, kind).name);
}

ErrorOr<std::unique_ptr<RunningCell>> RunningCell::start(const Config& config, const Cell& cell,
                                                         const RunIdentity& identity,
                                                         std::unique_ptr<CellTrace> trace) {
  std::unique_ptr<RunningCell> running(new RunningCell(config, cell, identity, std::move(trace)));
  if (cell.engine == EngineKind::baseline) {
    auto made = ScratchFolder::make(cell.directory);
    if (!made.ok()) {
      running->not_started_ = refusal(made.error());
      return running;
    }
    running->folder_.emplace(made.take());
  }
  auto process = CellProcess::start(running->process_spec());
  if (!process.ok()) return process.error();
  running->process_ = process.take();
  running->number_ = running->process_->process();
  if (running->trace_) {
    if (const auto error = running->trace_->is_of(running->process_->process())) return *error;
  }
  return running;
}

RunningCell::~RunningCell() {
  if (!process_) return;
  process_.reset();  // what still runs would make it again
  remove_kernel_dax_events(number_);
}

CellProcessSpec RunningCell::process_spec() {
  CellProcessSpec spec;
  spec.measured_folder = folder_ ? folder_->path() : std::filesystem::path();
  // Asked here: the cell's process has none of the files open that this one has.
  const bool fills = cell_.engine == EngineKind::baseline && cell_.region_bytes != 0;
  spec.body = [this, directory = spec.measured_folder,
               in_use = fills ? devices_in_use() : std::set<dev_t>()](CellChannel& channel,
                                                                      CallLog& log) {
    Trace* const trace = trace_ ? &trace_->trace() : nullptr;
    const CellReport report =
        prepare_and_run(config_, cell_, identity_, directory, in_use, channel, log, trace);
    if (!channel.send_result(encode(report))) _exit(1);
  };
  spec.time_limit = cell_.time_limit;
  spec.plugin_of = [this](PluginCallback callback) {
    const PluginKind kind = kind_of(callback);
    const PluginDescription& plugin = daxlab::plugin_of(config_, cell_, kind);
    return fmt::format("{} plugin '{}' ({})", name_of(kind), plugin.name, plugin.path.string());
  };
  return spec;
}

std::array<pollfd, 3> RunningCell::waits() const {
  const pollfd none{-1, 0, 0};
  return process_ ? process_->waits() : std::array<pollfd, 3>{none, none, none};
}

CellProcess::Clock::time_point RunningCell::deadline() const {
  return process_ ? process_->deadline() : CellProcess::Clock::time_point();
}

std::optional<CellReport> RunningCell::serve() {
  CellReport report;
  if (!process_) {
    report = failed_report(identity_, *not_started_);
  } else {
    const auto outcome = process_->serve();
    if (!outcome) return std::nullopt;
    report = report_of(*outcome, identity_);
  }
  const ContextEntries requested = requested_context(config_, cell_);
  report.context.insert(report.context.begin(), requested.begin(), requested.end());
  return report;
}

}  // namespace daxlab
