// `daxlab region fsck`: every inconsistency by name, and with --repair mended. Without it nothing
// is written to the file.
#include <fmt/format.h>

#include "core/base/json.h"
#include "core/base/printable.h"
#include "core/recovery/bad_block_uses.h"
#include "core/recovery/recovery.h"
#include "core/recovery/repair.h"
#include "core/region/region_file.h"
#include "harness/commands/bus_error_exit.h"
#include "harness/commands/commands.h"
#include "harness/commands/region_commands.h"
#include "harness/commands/region_words.h"
#include "harness/commands/shared_options.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

// Problems are printed as they are met: a hostile image has more of them than memory.
class FsckOutput {
 public:
  explicit FsckOutput(const RegionFsckArguments& arguments) : arguments_(arguments) {
    if (!arguments_.json) return;
    print("{{\"path\": {}, \"problems\": [", Json(arguments_.path.string()).dump());
  }

  void problem(const Problem& problem) {
    if (arguments_.json) {
      print("{}\n  {}", any_ ? "," : "", problem_json(problem).dump());
    } else {
      const std::string text = fmt::format("{}: {}: {}{}", name_of(problem.kind), problem.where,
                                           problem.what, end(problem));
      print("{}\n", printable(text));  // it names files of an image
    }
    any_ = true;
  }

  // `more`: what the object has besides path and problems.
  void finish(const std::string& text, const Json& more) {
    if (!arguments_.json) return print("{}", text);
    print("{}]", any_ ? "\n" : "");
    const Json sorted = with_sorted_keys(more);
    for (const auto& [key, value] : sorted.members()) print(", \"{}\": {}", key, value.dump());
    print("}}\n");
  }

 private:
  std::string end(const Problem& problem) const {
    if (problem.remedy.empty()) {
      return arguments_.repair ? "; it is left as it is" : "; it cannot be mended";
    }
    return (arguments_.repair ? "; mended: " : "; with --repair: ") + problem.remedy;
  }

  const RegionFsckArguments& arguments_;
  bool any_ = false;
};

std::string counted(uint64_t problems) {
  return fmt::format("{} problem{}", problems, problems == 1 ? "" : "s");
}

int look(const RegionFsckArguments& arguments) {
  Counters counters;
  const auto region = read_region_file(arguments.path, counters);
  if (!region.ok()) return fail_to_begin("region fsck", region.error());
  FsckOutput output(arguments);
  const RegionSummary summary =
      summarize_region(*region.value(), [&](const Problem& problem) { output.problem(problem); });
  for (const BadBlockUse& use : summary.bad_blocks) output.problem(problem_of(use));
  const uint64_t bad = summary.bad_blocks.size();
  const uint64_t problems = summary.contents.problems + bad;
  const std::string verdict =
      problems != 0 && problems == bad
          ? fmt::format("{}: {}, which nothing can mend; restore what it held from a copy\n",
                        arguments.path.string(), counted(problems))
      : problems == 0
          ? fmt::format("{}: clean, {} files, {} of {} blocks used\n", arguments.path.string(),
                        summary.contents.files, summary.contents.used_blocks,
                        region.value()->data_blocks())
          : fmt::format("{}: {}; mend with: daxlab region fsck {} --repair\n",
                        arguments.path.string(), counted(problems), arguments.path.string());
  output.finish(pending_text(summary) + verdict,
                {{"problems_left", problems}, {"pending", pending_json(summary)}});
  return problems == 0 ? exit_passed : exit_failed;
}

// How many there are: none of them can be mended.
uint64_t tell_bad_blocks(Region& region, uint64_t other_problems, FsckOutput& output) {
  RegionContents contents;
  contents.problems = other_problems;
  const std::vector<BadBlockUse> uses = bad_block_uses(region, contents);
  for (const BadBlockUse& use : uses) output.problem(problem_of(use));
  return uses.size();
}

int mend(const RegionFsckArguments& arguments) {
  Counters counters;
  const auto opened = open_region_file({.path = arguments.path}, counters);
  if (!opened.ok()) return fail_to_begin("region fsck", opened.error());
  Region& region = *opened.value();
  if (region.is_read_only()) {
    return fail("region fsck", exit_failed,
                arguments.path.string() +
                    ": a feature of this region forbids this program to write to it; "
                    "use a newer daxlab");
  }
  const bool replays = state_of_log(region) == LogState::committed;
  FsckOutput output(arguments);
  const RepairResult repaired =
      repair_region(region, [&](const Problem& problem) { output.problem(problem); });
  const uint64_t bad = tell_bad_blocks(region, repaired.left, output);
  const uint64_t left = repaired.left + bad;
  Json more = {{"problems_left", left}, {"problems_mended", repaired.problems - repaired.left}};
  if (left != 0) {
    output.finish(fmt::format("{}: {} left of {}\n", arguments.path.string(), counted(left),
                              repaired.problems + bad),
                  more);
    return exit_failed;
  }
  // What a crash left is no damage, but after this nothing is to be done any more.
  const auto recovery = recover(region);
  if (!recovery.ok()) {
    more.set("error", recovery.error().message);
    output.finish("", more);
    return fail("region fsck", exit_failed,
                arguments.path.string() + ": " + recovery.error().message);
  }
  const uint64_t freed = recovery.value().freed_past_end_blocks;
  more.set("recovered", {{"log_replay", replays}, {"blocks_past_end", freed}});
  std::string text;
  if (replays) text += "recovered: finished an atomic change that a crash cut short\n";
  if (freed != 0) text += fmt::format("recovered: freed {} blocks past the ends of files\n", freed);
  output.finish(text + fmt::format("{}: clean, {} mended\n", arguments.path.string(),
                                   counted(repaired.problems)),
                more);
  return exit_passed;
}

}  // namespace

int run_region_fsck(const RegionFsckArguments& arguments) {
  exit_on_bus_error("daxlab region fsck", arguments.path);
  return arguments.repair ? mend(arguments) : look(arguments);
}

namespace {

class RegionFsckCommand final : public Command {
 public:
  CommandTable table() override {
    return {.name = "fsck",
            .help = "Name every inconsistency; exit 1 when some are left",
            .options = {
                region_path_option(path_),
                {.name = "--repair", .help = "Mend what can be mended", .into = &repair_},
                {.name = "--json", .help = "As JSON", .into = &json_},
            }};
  }
  int run(const TypedLine&) override {
    return run_region_fsck({.path = path_, .repair = repair_, .json = json_});
  }

 private:
  std::string path_;
  bool repair_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_region_fsck_command() {
  return std::make_unique<RegionFsckCommand>();
}

}  // namespace daxlab
