// bin/daxlab_soak, what `daxlab soak` becomes: random cells in random order in this process, and
// what it holds afterwards. As `daxlab_soak pairs` it is what harness/soak --pairs calls.
#include <fmt/format.h>
#include <unistd.h>

#include <optional>

#include "harness/commands/daxlab_program.h"
#include "harness/commands/load_configs.h"
#include "harness/commands/soak_arguments.h"
#include "harness/config/quantity.h"
#include "harness/endurance/last_words.h"
#include "harness/endurance/soak.h"
#include "harness/pairs/pairs_command.h"
#include "harness/parity/histories_command.h"
#include "harness/report/human_units.h"
#include "harness/report/text_table.h"
#include "harness/run/interruption.h"
#include "harness/run/standard_streams.h"
#include "harness/run/system_call_filter.h"

namespace daxlab {
namespace {

constexpr uint64_t shortest_soak_ns = 1'000'000;
constexpr uint64_t longest_soak_ns = 30 * uint64_t{24} * 3600 * 1'000'000'000;

// Cells of the simulator and of baseline too; whatever the configs name.
ErrorOr<std::chrono::nanoseconds> read_duration(const std::string& text) {
  const auto ns = parse_quantity(text, OptionUnit::nanoseconds);
  if (!ns.ok()) return Error{"--time: " + ns.error().message};
  // Without a unit they are nanoseconds: nobody means them.
  if (ns.value() < shortest_soak_ns || ns.value() > longest_soak_ns) {
    return Error{fmt::format("--time: expected 1ms to 30 days, such as 10min, found '{}'", text)};
  }
  return std::chrono::nanoseconds(ns.value());
}

std::string table_of(const SoakResult& result) {
  TextTable table;
  table.add_column("", TextTable::Align::left);
  for (const char* heading : {"begin", "highest", "end"}) {
    table.add_column(heading, TextTable::Align::right);
  }
  const auto row = [&](const char* name, uint64_t ProcessUse::*part, std::string (*shown)(double)) {
    const auto value = [&](const ProcessUse& use) { return shown(static_cast<double>(use.*part)); };
    table.add_row({name, value(result.begin), value(result.highest), value(result.end)});
  };
  row("memory", &ProcessUse::memory_bytes, format_bytes);
  row("open files", &ProcessUse::descriptors, format_count);
  row("kernel mappings", &ProcessUse::kernel_mappings, format_count);
  return table.text();
}

int report(const SoakResult& result, uint64_t seed) {
  print("{} runs of {} cells on {} labs, seed {}; {} samples, with all labs closed\n{}",
        result.runs, result.distinct_cells, result.labs, seed, result.samples, table_of(result));
  if (result.failure) return fail("soak", exit_failed, *result.failure);
  if (const auto growth = growth_between(result.begin, result.end)) {
    return fail("soak", exit_failed, "not given back: " + *growth);
  }
  print("free blocks: as at first after every run\n");
  return result.interrupted ? exit_interrupted : exit_passed;
}

// A process that has lost userfaultfd has lost it for all labs.
std::optional<Error> forbid_userfaultfd_to(const std::vector<SelectedCell>& cells) {
  const Cell *forbidden = nullptr, *allowed = nullptr;
  for (const SelectedCell& selected : cells) {
    if (selected.cell->engine != EngineKind::mmu) continue;
    (selected.cell->userfaultfd_forbidden ? forbidden : allowed) = selected.cell;
  }
  if (forbidden == nullptr) return std::nullopt;
  if (allowed == nullptr) return forbid_userfaultfd();
  return Error{
      fmt::format("all cells run in one process, but cell {} forbids userfaultfd and cell {} does "
                  "not; soak them one after the other",
                  forbidden->name(), allowed->name())};
}

// They take a file system of their own, which only a process of its own can have.
void leave_out_filled_baselines(std::vector<SelectedCell>& cells) {
  const size_t left_out = std::erase_if(cells, [](const SelectedCell& selected) {
    return selected.cell->engine == EngineKind::baseline && selected.cell->region_bytes != 0;
  });
  if (left_out == 0) return;
  print("{} cells left out: baseline is filled by daxlab run alone\n", left_out);
}

int run_soak(const SoakArguments& arguments) {
  const auto duration = read_duration(arguments.time);
  if (!duration.ok()) return fail_to_begin("soak", duration.error());
  const auto configs =
      load_configs(arguments.configs, arguments.overrides, arguments.plugins.search_path());
  if (!configs.ok()) return fail_to_begin("soak", configs.error());
  auto cells = select_cells(configs.value(), arguments.cells_globs);
  if (!cells.ok()) return fail_to_begin("soak", cells.error());
  leave_out_filled_baselines(cells.value());
  if (const auto error = forbid_userfaultfd_to(cells.value())) {
    return fail_to_begin("soak", *error);
  }
  if (const auto error = say_last_words("daxlab soak")) {
    return fail("soak", exit_failed, error->message);
  }
  const auto interruption = Interruption::catch_signals();
  if (!interruption.ok()) return fail("soak", exit_failed, interruption.error().message);

  SoakSpec spec;
  spec.cells = cells.value();
  spec.duration = duration.value();
  spec.seed = arguments.seed;
  spec.on_run = [](const SelectedCell& selected) {
    begin_step(selected.cell->name(), selected.cell->time_limit);
  };
  spec.interrupted = [&] { return interruption.value().requested(); };
  const auto result = soak(spec);
  begin_step("the end", {});
  if (!result.ok()) return fail("soak", exit_failed, result.error().message);
  return report(result.value(), arguments.seed);
}

class SoakCommand final : public Command {
 public:
  CommandTable table() override { return table_of(arguments_); }
  int run(const TypedLine&) override { return run_soak(arguments_); }

 private:
  SoakArguments arguments_;
};

std::unique_ptr<Command> make_soak_command() { return std::make_unique<SoakCommand>(); }

}  // namespace
}  // namespace daxlab

int main(int argc, char** argv) {
  return daxlab::run_daxlab(
      {daxlab::make_soak_command, daxlab::make_pairs_command, daxlab::make_histories_command}, argc,
      argv);
}
