#include "harness/conformance/promise_check.h"

#include <fmt/format.h>

#include <chrono>
#include <vector>

#include "harness/check/check.h"
#include "harness/check/write_promises.h"

namespace daxlab {
namespace {

using std::chrono::milliseconds;

#ifdef NDEBUG
constexpr milliseconds time_of_each{1500};
#else  // builds with assertions and sanitizers test what runs, not how much of it
constexpr milliseconds time_of_each{300};
#endif

struct Companions {
  const char* fault;
  const char* write;
};

// Beside these, as in labs of other checks.
std::vector<Companions> companions_for(PluginKind kind) {
  switch (kind) {
    case PluginKind::fault:
      return {{nullptr, "partial"}, {nullptr, "atomic"}};
    case PluginKind::write:
      return {{"global_zero", nullptr}, {"page_zero", nullptr}};
    case PluginKind::alloc:
      break;
  }
  return {{"global_zero", "partial"}};
}

CheckSubject checked(const Subject& subject, const Companions& companions) {
  const auto strategy = [&](PluginKind kind, const char* name) {
    return subject.kind() == kind ? subject.plugin() : subject.companion(kind, name);
  };
  CheckSubject checked;
  checked.log = &subject.log();
  checked.fault = strategy(PluginKind::fault, companions.fault);
  checked.write = strategy(PluginKind::write, companions.write);
  checked.alloc = strategy(PluginKind::alloc, "first_fit");
  const auto& write = checked.write.plugin.description().name;
  checked.name = fmt::format("{}/{}/{}", checked.fault.plugin.description().name, write,
                             checked.alloc.plugin.description().name);
  const WritePromises promises = promises_of(write);
  checked.all_or_nothing = promises.all_or_nothing;
  checked.atomic = promises.atomic;
  return checked;
}

Finding finding_of(const CheckFinding& found, const std::string& name) {
  const Verdict& verdict = found.verdict;
  Finding finding;
  finding.expected = fmt::format("{} ({}: {})", verdict.expected, name_of(verdict.judge),
                                 promise_of(verdict.judge));
  std::string seen = verdict.seen;
  while (seen.ends_with('\n')) seen.pop_back();
  finding.seen = fmt::format("{}{}, with {}", seen,
                             verdict.where.empty() ? "" : " (" + verdict.where + ")", name);
  finding.steps = found.story;
  return finding;
}

}  // namespace

std::optional<Finding> no_run_breaks_a_promise(const Subject& subject) {
  CheckSettings settings;
  settings.first_seed = subject.seed();
  settings.time = time_of_each;
  for (const Companions& companions : companions_for(subject.kind())) {
    const CheckSubject combination = checked(subject, companions);
    const auto report = check(combination, settings, [](const Explored&) {});
    if (!report.ok()) return Finding{"a lab can be had", report.error().message, {}};
    if (report.value().finding) return finding_of(*report.value().finding, combination.name);
  }
  return std::nullopt;
}

}  // namespace daxlab
