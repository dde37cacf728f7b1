#include "harness/mutations/child_check.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "core/registry/child_process.h"
#include "harness/check/write_promises.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

using Clock = std::chrono::steady_clock;

// "17 coherence\nwhat", or only "17 ".
void tell(int descriptor, const CheckReport& report) {
  std::string line = fmt::format("{} ", report.explored.histories);
  if (report.finding) {
    const Verdict& verdict = report.finding->verdict;
    line += fmt::format("{}\n{}", name_of(verdict.judge), to_text(verdict));
  }
  // A pipe takes so much at once, or the parent sees a finding without a text.
  static_cast<void>(::write(descriptor, line.data(), std::min<size_t>(line.size(), 4096)));
}

void read_answer(const std::string& written, ChildReport& report) {
  const size_t word = written.find(' ') + 1;
  report.seeds = std::strtoull(written.c_str(), nullptr, 10);
  if (word == written.size()) return;
  const size_t end = written.find('\n');
  const ErrorOr<JudgeName> judge = judge_named(written.substr(word, end - word));
  if (judge.ok()) report.judge = judge.value();
  report.finding = judge.ok() ? written.substr(end + 1) : written;
}

}  // namespace

std::string to_text(const CheckedNames& names) {
  return fmt::format("{}/{}/{}", names.fault, names.write, names.alloc);
}

CheckSubject subject_of(const CheckedNames& names) {
  const LabSpec spec = spec_of({.engine = EngineKind::simulator,
                                .fault = names.fault,
                                .write = names.write,
                                .alloc = names.alloc});
  const WritePromises promises = promises_of(names.write);
  CheckSubject subject;
  subject.name = to_text(names);
  subject.config =
      fmt::format("fault: {}\nwrite: {}\nalloc: {}\n", names.fault, names.write, names.alloc);
  subject.fault = spec.fault;
  subject.write = spec.write;
  subject.alloc = spec.alloc;
  subject.all_or_nothing = promises.all_or_nothing;
  subject.atomic = promises.atomic;
  return subject;
}

ErrorOr<ChildReport> check_in_child(const CheckedNames& names, const CheckSettings& settings,
                                    std::chrono::milliseconds limit) {
  const CheckSubject subject = subject_of(names);
  const auto start = Clock::now();
  auto outcome = run_in_child(
      [&](int descriptor) {
        auto report = check(subject, settings, [](const Explored&) {});
        if (!report.ok()) throw std::runtime_error(report.error().message);
        tell(descriptor, report.value());
      },
      limit);
  if (!outcome.ok()) return outcome.error();
  const ChildOutcome& child = outcome.value();
  ChildReport report;
  report.time = Clock::now() - start;
  if (!child.written.empty()) read_answer(child.written, report);
  report.crashed = child.exit_status != 0;
  if (report.crashed) report.finding += "the process " + child.describe_end();
  return report;
}

}  // namespace daxlab
