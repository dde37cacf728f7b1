#include "harness/parity/histories_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "harness/parity/history_subject.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

struct HistoriesArguments {
  std::vector<std::string> folders, regions;
  uint64_t seeds = 200, first_seed = 1, operations = 60;
  bool kernel_only = false;
};

ErrorOr<std::vector<HistorySubject>> subjects_of(const HistoriesArguments& arguments) {
  std::vector<HistorySubject> subjects;
  if (!arguments.kernel_only) subjects = all_pairs();
  for (const std::string& folder : arguments.folders) {
    auto subject = HistorySubject::of_folder(folder);
    if (!subject.ok()) return subject.error();
    subjects.push_back(subject.take());
  }
  for (const std::string& path : arguments.regions) {
    auto pairs = pairs_over(path);
    if (!pairs.ok()) return pairs.error();
    std::ranges::move(pairs.value(), std::back_inserter(subjects));
  }
  if (subjects.empty()) {
    return Error{"--kernel-only leaves nothing to replay histories on; give --path or --region"};
  }
  return subjects;
}

int run_histories(const HistoriesArguments& arguments) {
  auto subjects = subjects_of(arguments);
  if (!subjects.ok()) return fail_to_begin("histories", subjects.error());
  for (HistorySubject& subject : subjects.value()) {
    for (uint64_t i = 0; i < arguments.seeds; ++i) {
      const uint64_t seed = arguments.first_seed + i;
      const auto found = subject.difference(seed, arguments.operations);
      if (!found) continue;
      return fail("histories", exit_failed,
                  fmt::format("{}, seed {}: {}", subject.name(), seed, *found));
    }
    print("{}: {} histories of {} operations, seeds from {}: as the model says\n", subject.name(),
          arguments.seeds, arguments.operations, arguments.first_seed);
    send_output();
  }
  return exit_passed;
}

class HistoriesCommand final : public Command {
 public:
  CommandTable table() override {
    CommandTable table{.name = "histories",
                       .help =
                           "Replay the same histories on every pair of fault and write strategies "
                           "and on file systems of the kernel's; exit 1 when one differs"};
    auto& options = table.options;
    options.push_back({.name = "--path",
                       .value = "DIR",
                       .help = "A folder of a file system of the kernel's; may be given again",
                       .into = &arguments_.folders});
    options.push_back({.name = "--region",
                       .value = "PATH",
                       .help = "Where no file is: every fault strategy over a region there, which "
                               "is removed; may be given again",
                       .into = &arguments_.regions});
    options.push_back({.name = "--seeds",
                       .value = "N",
                       .help = "So many histories for each (200)",
                       .into = &arguments_.seeds,
                       .limits = NumberLimits{1, 1'000'000}});
    options.push_back({.name = "--seed",
                       .value = "N",
                       .help = "The seed of the first (1)",
                       .into = &arguments_.first_seed});
    options.push_back({.name = "--operations",
                       .value = "N",
                       .help = "So many operations in each (60)",
                       .into = &arguments_.operations,
                       .limits = NumberLimits{3, 1000}});
    options.push_back({.name = "--kernel-only",
                       .help = "Of --path and --region alone, no pairs over memfd",
                       .into = &arguments_.kernel_only});
    return table;
  }

  int run(const TypedLine&) override { return run_histories(arguments_); }

 private:
  HistoriesArguments arguments_;
};

}  // namespace

std::unique_ptr<Command> make_histories_command() { return std::make_unique<HistoriesCommand>(); }

}  // namespace daxlab
