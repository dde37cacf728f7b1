#include "harness/pairs/pairs_command.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <optional>
#include <system_error>

#include "core/registry/program_layout.h"
#include "harness/commands/shared_options.h"
#include "harness/commands/shell_words.h"
#include "harness/pairs/pair_runs.h"
#include "harness/pairs/pair_table.h"
#include "harness/run/interruption.h"
#include "harness/run/output_file.h"
#include "harness/run/scratch_folder.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

struct PairsArguments {
  uint64_t seeds = 50;
  uint64_t first_seed = 1;
  uint64_t jobs = 1;
  std::vector<std::string> cells_globs;
  bool list_cells = false;
  std::string folder;
  PluginOptions plugins;
};

// Those that are wrong on purpose would fail. One that cannot be used would be missing in silence.
ErrorOr<std::vector<PluginDescription>> fault_strategies(Registry& registry) {
  Registry::Listing listing = registry.list();
  if (!listing.refused.empty()) return listing.refused.front();
  std::erase_if(listing.plugins, [](const PluginDescription& plugin) {
    return plugin.kind != PluginKind::fault || plugin.hazard;
  });
  if (listing.plugins.empty()) return Error{"no fault strategy is there: build them"};
  return std::move(listing.plugins);
}

class Pairs {
 public:
  explicit Pairs(const PairsArguments& arguments)
      : arguments_(arguments), folder_(std::filesystem::absolute(arguments.folder)) {}

  std::optional<Error> prepare() {
    std::error_code error;
    std::filesystem::create_directories(found_folder(), error);
    if (error) return Error{found_folder().string() + ": " + error.message()};
    auto regions = ScratchFolder::make(folder_);
    if (!regions.ok()) return regions.error();
    regions_.emplace(regions.take());
    Registry registry(arguments_.plugins.search_path());
    const auto faults = fault_strategies(registry);
    if (!faults.ok()) return faults.error();
    for (const PairRow& row : pair_rows(faults.value())) {
      // Cells that run at once have regions of their own.
      const std::string text = config_text(row, region_path(configs_.size() % arguments_.jobs));
      auto config = load_config_text("pairs", text, {}, registry);
      if (!config.ok()) return config.error();
      configs_.push_back(config.take());
    }
    auto rows = select_cells(configs_, arguments_.cells_globs);
    if (!rows.ok()) return rows.error();
    rows_ = rows.take();
    return std::nullopt;
  }

  void list() const {
    for (const SelectedCell& row : rows_) {
      print("{}{}\n", row.cell->name(),
            row.cell->userfaultfd_forbidden ? "  userfaultfd: forbidden" : "");
    }
  }

  int run(int interrupt_fd) {
    print("{} of {} rows, with {} seeds from {}\n", rows_.size(), configs_.size(), arguments_.seeds,
          arguments_.first_seed);
    send_output();
    PairRunsSpec spec;
    spec.rows = rows_;
    spec.first_seed = arguments_.first_seed;
    spec.seeds = arguments_.seeds;
    spec.jobs = arguments_.jobs;
    spec.interrupt_fd = interrupt_fd;
    spec.on_failure = [this](const RunRecord& record, const std::string& what) {
      show_failure(record, what);
    };
    spec.on_seed = [this](uint64_t seed, const PairCounts& counts) {
      print("seed {}: {} cells so far, {} failed, {} s\n", seed, counts.ran, counts.failed,
            seconds());
      send_output();
    };
    return report(run_pairs(spec));
  }

 private:
  std::filesystem::path found_folder() const { return folder_ / "found"; }
  std::filesystem::path region_path(uint64_t job) const {
    return regions_->path() / fmt::format("{}.pmem", job);
  }
  int64_t seconds() const {
    return std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - begin_).count();
  }

  // The cell as a config that `daxlab run` takes; its region is elsewhere, for ours go. The error:
  // why it could not be written.
  ErrorOr<std::filesystem::path> save(const RunRecord& record) {
    Json config = record.cell->config;
    if (Json* region = config.find("region"); region->contains("path")) {
      region->set("path", (folder_ / "repeated.pmem").string());
    }
    const std::filesystem::path path =
        found_folder() /
        fmt::format("{}_seed_{}.yaml", ++failures_, record.cell->config["seed"].dump());
    auto file = OutputFile::prepare(path);
    if (!file.ok()) return file.error();
    const auto written = file.value().commit(config.dump(2) + "\n");
    if (!written.ok()) return written.error();
    return path;
  }

  void show_failure(const RunRecord& record, const std::string& what) {
    print("FAILED {} seed {}\n  {}\n", record.name(), record.cell->config["seed"].dump(), what);
    const auto saved = save(record);
    if (saved.ok()) {
      const std::filesystem::path program = layout_around(this_executable()).daxlab;
      std::vector<std::string> words = {program.string(), "run", saved.value().string()};
      add_plugin_words(words, arguments_.plugins);
      print("  repeat: {}\n", shell_line(words));
    } else {
      print("  its config could not be kept: {}\n  {}\n", saved.error().message,
            record.cell->config.dump());
    }
    send_output();
  }

  int report(const PairRunsEnd& end) const {
    const uint64_t due = rows_.size() * arguments_.seeds;
    std::string deliveries;
    for (const auto& [delivery, cells] : end.counts.by_delivery) {
      deliveries += fmt::format(", {} by {}", cells, delivery);
    }
    print("{} of {} cells ran in {} s{}: {} failed\n", end.counts.ran, due, seconds(), deliveries,
          end.counts.failed);
    if (end.stopped) return fail("pairs", exit_failed, end.stopped->message);
    if (end.counts.failed > 0) return exit_failed;
    return end.interrupted ? exit_interrupted : exit_passed;
  }

  using Clock = std::chrono::steady_clock;
  const PairsArguments& arguments_;
  const std::filesystem::path folder_;
  const Clock::time_point begin_ = Clock::now();
  std::optional<ScratchFolder> regions_;
  std::vector<Config> configs_;  // a row each
  std::vector<SelectedCell> rows_;
  uint64_t failures_ = 0;
};

class PairsCommand final : public Command {
 public:
  CommandTable table() override {
    CommandTable table{.name = "pairs",
                       .help =
                           "Run the pairwise table of fault strategies on the real engine; exit 1 "
                           "when a cell fails"};
    auto& options = table.options;
    options.push_back({.name = "--folder",
                       .value = "DIR",
                       .help = "For region files, and for configs of cells that failed",
                       .into = &arguments_.folder,
                       .required = true});
    options.push_back({.name = "--seeds",
                       .value = "N",
                       .help = "Run each row with so many seeds (50)",
                       .into = &arguments_.seeds,
                       .limits = NumberLimits{1, 1'000'000}});
    options.push_back({.name = "--seed",
                       .value = "N",
                       .help = "The first of them (1)",
                       .into = &arguments_.first_seed});
    options.push_back({.name = "--jobs",
                       .value = "N",
                       .help = "Run up to N cells at once (1)",
                       .into = &arguments_.jobs,
                       .limits = NumberLimits{1, 1024}});
    options.push_back(cells_option(arguments_.cells_globs));
    options.push_back({.name = "--list-cells",
                       .help = "Print the rows, run none",
                       .into = &arguments_.list_cells});
    add_plugin_options(options, arguments_.plugins);
    return table;
  }

  int run(const TypedLine&) override {
    Pairs pairs(arguments_);
    if (const auto error = pairs.prepare()) return fail_to_begin("pairs", *error);
    if (arguments_.list_cells) {
      pairs.list();
      return exit_passed;
    }
    const auto interruption = Interruption::catch_signals();
    if (!interruption.ok()) return fail("pairs", exit_failed, interruption.error().message);
    return pairs.run(interruption.value().fd());
  }

 private:
  PairsArguments arguments_;
};

}  // namespace

std::unique_ptr<Command> make_pairs_command() { return std::make_unique<PairsCommand>(); }

}  // namespace daxlab
