#include "harness/check/case_file_examples.h"

#include "harness/histories/random_history.h"

namespace daxlab {
namespace {

const std::string example_config = R"({
  "seed": 1,
  "engine": "simulator",
  "region": {"medium": "memfd", "size": "64MiB"},
  "fault": {"name": "global_zero", "around": 16},
  "write": {"name": "partial"},
  "alloc": {"name": "first_fit"},
  "workloads": [{"name": "hole_read"}]
}
)";

CheckFinding finding_of(JudgeName judge, std::variant<History, ConcurrentProgram> program) {
  CheckFinding finding;
  finding.verdict = {judge, "0x7", "0x0", "op 4 load view 1 offset 8", 4};
  finding.shown_by.config = example_config;
  finding.shown_by.region_bytes = 65536;
  finding.shown_by.program = std::move(program);
  finding.story = {"thread 0 stores 0x7", "thread 1 loads 0x0"};
  return finding;
}

CheckFinding with_faults() {
  CheckFinding finding = small_history_finding();
  finding.verdict.judge = JudgeName::enospc;
  finding.shown_by.faults = {3, true, {5, 7}};
  finding.shown_by.max_kernel_mappings = 12;
  finding.shown_by.plugins = {{"fault", "global_zero", "0123456789abcdef"},
                              {"alloc", "first_fit", "fedcba9876543210"}};
  return finding;
}

CheckFinding with_crash() {
  CheckFinding finding = small_history_finding();
  finding.verdict = {JudgeName::durability, "old or new", "torn", "", {}};
  finding.shown_by.crash = CrashMoment{17, 0x8000'0000'0000'0003};
  return finding;
}

CheckFinding with_mutation() {
  CheckFinding finding = small_program_finding();
  finding.verdict.at = when_all_was_gone;
  finding.shown_by.mutation = {CoreMutation::How::swap, StepKind::fence,
                               "core/region/block_map.cc:214", 2};
  return finding;
}

CheckFinding with_nothing() {
  CheckFinding finding = finding_of(JudgeName::accounting, History{});
  finding.story.clear();
  finding.verdict.at.reset();
  return finding;
}

}  // namespace

CheckFinding history_finding(uint64_t seed) {
  return finding_of(JudgeName::coherence, random_history(seed));
}

CheckFinding program_finding(uint64_t seed) {
  ConcurrentProgram program = random_concurrent_program(
      seed, 2 + static_cast<uint32_t>(seed % 3), seed % 2 == 0 ? Truncates::none : Truncates::some);
  const uint32_t threads = program.threads;
  CheckFinding finding = finding_of(JudgeName::isolation, std::move(program));
  for (uint32_t i = 0; i < 200; ++i) finding.shown_by.choices.push_back((i * i + 1) % threads);
  return finding;
}

CheckFinding small_history_finding() {
  return finding_of(JudgeName::coherence, History{42,
                                                  {{OpKind::create, 1, 0, 0, 0, 0},
                                                   {OpKind::write, 1, 0, 100, 5000, 9},
                                                   {OpKind::map, 1, 1, 0, 2 * page_bytes, 0},
                                                   {OpKind::store, 0, 1, 8, 0, 7},
                                                   {OpKind::load, 0, 1, 8, 0, 0}}});
}

CheckFinding small_program_finding() {
  ConcurrentProgram program;
  program.seed = 7;
  program.threads = 2;
  program.files = 1;
  program.file_pages = 2;
  program.views = {{0, {0, 2}}};
  program.rounds = {{{{SharedOpKind::store, 0, 0, 4096, 1, false, 11}},
                     {{SharedOpKind::read, 0, 0, 4096, 2, false, 0},
                      {SharedOpKind::punch, 0, 0, 4096, 1, true, 0}}}};
  CheckFinding finding = finding_of(JudgeName::coherence, std::move(program));
  finding.shown_by.choices = {0, 1, 1, 0};
  return finding;
}

std::vector<NamedFinding> findings_of_each_kind() {
  return {{"history", small_history_finding()},
          {"random_history", history_finding(3)},
          {"program", small_program_finding()},
          {"random_program", program_finding(4)},
          {"cut_files", program_finding(5)},
          {"faults", with_faults()},
          {"crash", with_crash()},
          {"mutation", with_mutation()},
          {"nothing", with_nothing()}};
}

}  // namespace daxlab
