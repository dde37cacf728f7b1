#include "harness/proving/check_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/json.h"
#include "harness/proving/check_answers.h"
#include "harness/report/human_units.h"

namespace daxlab {
namespace {

constexpr size_t shown_story_lines = 80;

// "45,678"; "1.23 M" from a million on.
std::string count_text(uint64_t count) {
  if (count >= 1'000'000) return fmt::format("{:.3g} M", static_cast<double>(count) / 1e6);
  std::string digits = std::to_string(count);
  if (digits.size() > 3) digits.insert(digits.size() - 3, ",");
  return digits;
}

std::string counted(uint64_t count, const char* one, const char* more) {
  return fmt::format("{} {}", count_text(count), count == 1 ? one : more);
}

double seconds_of(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

double rate_of(uint64_t count, std::chrono::nanoseconds time) {
  const double seconds = seconds_of(time);
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

std::string line(const char* name, std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  std::string result;
  for (size_t start = 0; start <= text.size();) {
    size_t end = text.find('\n', start);
    if (end == std::string::npos) end = text.size();
    result += fmt::format("  {:10} {}\n", start == 0 ? name : "", text.substr(start, end - start));
    start = end + 1;
  }
  return result;
}

const char* word_of(const CheckedOutcome& outcome) {
  if (outcome.finding) return "broken";
  if (outcome.ended) return "ended";
  if (outcome.error) return "error";
  return outcome.interrupted ? "interrupted" : "passed";
}

const char* shown_word_of(const CheckedOutcome& outcome) {
  if (outcome.finding || outcome.ended) return "BROKEN";
  if (outcome.error) return "ERROR";
  return outcome.interrupted ? "interrupted" : "passed";
}

std::vector<std::string> policy_names(const CheckSettings& settings) {
  std::vector<std::string> names;
  for (const PolicyName policy : {PolicyName::random, PolicyName::pct, PolicyName::exhaustive}) {
    if (settings.policies.empty() || settings.policies.contains(policy)) {
      names.emplace_back(name_of(policy));
    }
  }
  return names;
}

std::vector<std::string> judge_names(const CheckSettings& settings) {
  std::vector<std::string> names;
  for (uint32_t i = 0; i < static_cast<uint32_t>(JudgeName::count); ++i) {
    if (has(settings.judges, static_cast<JudgeName>(i))) {
      names.emplace_back(name_of(static_cast<JudgeName>(i)));
    }
  }
  return names;
}

std::string rate_row(const char* name, uint64_t count, const Explored& explored,
                     const std::string& more = "") {
  return fmt::format("  {:20} {:>10}  {:>10} a second{}\n", name, count_text(count),
                     format_count(rate_of(count, explored.time)), more);
}

Json json_of(const Explored& explored) {
  Json map;
  for (const auto& [name, count] : explored_counts) map.set(name, explored.*count);
  map.set("distinct_interleavings_estimated", explored.distinct_is_estimate);
  map.set("exhausted", explored.exhausted);
  map.set("time_s", seconds_of(explored.time));
  return map;
}

Json json_of(const CheckFinding& finding, const std::string& saved) {
  return {{"judge", name_of(finding.verdict.judge)},
          {"promise", promise_of(finding.verdict.judge)},
          {"expected", finding.verdict.expected},
          {"seen", finding.verdict.seen},
          {"where", finding.verdict.where},
          {"story", finding.story},
          {"saved", saved}};
}

Json json_of(const CheckedRecord& record) {
  const CheckedOutcome& outcome = record.outcome;
  Json map = {{"name", record.name},
              {"writes_held_to", record.writes_held_to},
              {"outcome", word_of(outcome)},
              {"explored", json_of(outcome.explored)}};
  if (outcome.finding) map.set("finding", json_of(*outcome.finding, record.saved));
  if (outcome.ended) map.set("ended", *outcome.ended);
  if (outcome.ended_in) {
    map.set("ended_in", {{"where", outcome.ended_in->verdict.where}, {"saved", record.saved}});
  }
  if (outcome.error) map.set("error", *outcome.error);
  if (!record.replay.empty()) map.set("replay", record.replay);
  return map;
}

Json json_of(const CheckSettings& settings) {
  return {
      {"first_seed", settings.first_seed},
      {"seeds", settings.seeds},
      {"time_s", seconds_of(settings.time)},
      {"policies", policy_names(settings)},
      {"judges", judge_names(settings)},
      {"pct_depth", settings.pct_depth},
      {"preemptions", settings.preemptions},
      {"exhaustive_ops", settings.exhaustive_ops},
      {"region_bytes", Json::list({smallest_checked_region_bytes, largest_checked_region_bytes})}};
}

}  // namespace

std::string to_text(const Explored& explored) {
  std::string text =
      fmt::format("{}, {}, {} ({} distinct)", counted(explored.histories, "history", "histories"),
                  counted(explored.interleavings, "interleaving", "interleavings"),
                  counted(explored.crash_states, "crash state", "crash states"),
                  count_text(explored.distinct_crash_states));
  return explored.exhausted ? text + ", exhaustive is through" : text;
}

std::string finding_lines(const Verdict& verdict, const std::vector<std::string>& story) {
  std::string text =
      line("judge:", fmt::format("{}: {}", name_of(verdict.judge), promise_of(verdict.judge))) +
      line("expected:", verdict.expected) + line("seen:", verdict.seen);
  if (!verdict.where.empty()) text += line("where:", verdict.where);
  for (size_t i = 0; i < story.size(); ++i) {
    if (i == shown_story_lines) {
      return text + line("", fmt::format("... {} more lines", story.size() - i));
    }
    text += line(i == 0 ? "story:" : "", story[i]);
  }
  return text;
}

std::string to_text(const CheckedRecord& record) {
  const CheckedOutcome& outcome = record.outcome;
  std::string text =
      fmt::format("{}  {}  {}; writes held to: {}\n", record.name, shown_word_of(outcome),
                  to_text(outcome.explored), record.writes_held_to);
  if (outcome.finding) text += finding_lines(outcome.finding->verdict, outcome.finding->story);
  if (outcome.ended) text += line("seen:", *outcome.ended);
  if (outcome.ended_in) text += line("in:", outcome.ended_in->verdict.where);
  if (outcome.error) text += line("error:", *outcome.error);
  if (!record.saved.empty()) text += line("saved:", record.saved);
  if (!record.replay.empty())
    text += line(record.saved.empty() ? "again:" : "replay:", record.replay);
  return text;
}

std::string heading(size_t combinations, const CheckSettings& settings) {
  const std::string seeds = settings.seeds == 0 ? "" : counted(settings.seeds, "seed", "seeds");
  const std::string time =
      settings.time.count() == 0 ? "" : fmt::format("{:.3g} s", seconds_of(settings.time));
  return fmt::format(
      "{}, each {} {}{}{}, on regions of {} KiB to {} KiB; region.size of a config is not used\n",
      counted(combinations, "combination", "combinations"), seeds.empty() ? "for" : "with", seeds,
      !seeds.empty() && !time.empty() ? ", at most " : "", time,
      smallest_checked_region_bytes >> 10, largest_checked_region_bytes >> 10);
}

std::string summary(const CheckTotals& totals, const CheckSettings& settings) {
  const Explored& explored = totals.explored;
  const size_t checked = totals.passed + totals.failed + totals.interrupted;
  std::string text = fmt::format(
      "explored in {:.3g} s: {}; policies {}; judges {}; from seed {}\n", seconds_of(totals.time),
      counted(checked, "combination", "combinations"), fmt::join(policy_names(settings), ", "),
      fmt::join(judge_names(settings), ", "), settings.first_seed);
  text += rate_row("histories", explored.histories, explored);
  text += rate_row("programs of threads", explored.programs, explored);
  text += rate_row("interleavings", explored.interleavings, explored,
                   fmt::format(", {}{} distinct", explored.distinct_is_estimate ? "about " : "",
                               count_text(explored.distinct_interleavings)));
  text += rate_row("steps", explored.steps, explored);
  text +=
      rate_row("crash moments", explored.crash_moments, explored,
               fmt::format(", {} of them sampled, {} runs cut short, the others exhausted",
                           count_text(explored.sampled_moments), count_text(explored.cut_short)));
  text += rate_row("crash states", explored.crash_states, explored,
                   fmt::format(", {} distinct", count_text(explored.distinct_crash_states)));
  text += rate_row("compared with mmu", explored.compared, explored);
  if (totals.jobs > 1) {
    text += fmt::format("rates are those of one process; up to {} ran at once\n", totals.jobs);
  }
  const bool all_passed = totals.passed != 0 && totals.passed == checked;
  if (all_passed && has(settings.judges, JudgeName::parity) && explored.compared == 0) {
    text += "parity was not judged: no run was compared with the mmu engine\n";
  }
  text += fmt::format("exhaustive is through in {} of {}\n", totals.exhausted,
                      counted(checked, "combination", "combinations"));
  text += fmt::format("{} of {} combinations passed", totals.passed, checked + totals.not_begun);
  if (totals.failed != 0) text += fmt::format(", {} broken", totals.failed);
  if (totals.interrupted + totals.not_begun != 0) {
    text += fmt::format(", {} interrupted, {} not begun", totals.interrupted, totals.not_begun);
  }
  return text + "\n";
}

std::string to_json(const std::vector<CheckedRecord>& records, const CheckTotals& totals,
                    const CheckSettings& settings) {
  Json explored = json_of(totals.explored);
  explored.set("exhausted", totals.exhausted == records.size() && totals.not_begun == 0);
  Json rates;
  Json rates_of_all;
  for (const auto& [name, count] : explored_counts) {
    rates.set(name, rate_of(totals.explored.*count, totals.explored.time));
    rates_of_all.set(name, rate_of(totals.explored.*count, totals.time));
  }
  explored.set("per_second", std::move(rates));
  explored.set("per_second_of_all_jobs", std::move(rates_of_all));
  Json combinations = Json::list();
  for (const CheckedRecord& record : records) combinations.add(json_of(record));
  const Json document = {
      {"settings", json_of(settings)},   {"passed", totals.passed},
      {"failed", totals.failed},         {"interrupted", totals.interrupted},
      {"not_begun", totals.not_begun},   {"time_s", seconds_of(totals.time)},
      {"explored", std::move(explored)}, {"combinations", std::move(combinations)}};
  return document.dump(2) + "\n";
}

std::vector<JunitCase> to_junit_cases(const std::vector<CheckedRecord>& records) {
  std::vector<JunitCase> cases;
  for (const CheckedRecord& record : records) {
    const CheckedOutcome& outcome = record.outcome;
    JunitCase one{
        .suite = "check", .name = record.name, .time_s = seconds_of(outcome.explored.time)};
    if (outcome.finding) {
      one.failure = {name_of(outcome.finding->verdict.judge), outcome.finding->verdict.seen,
                     to_text(record)};
    } else if (outcome.ended) {
      one.failure = {"crash or hang", *outcome.ended, to_text(record)};
    } else if (outcome.error) {
      one.failure = {"error", *outcome.error, to_text(record)};
    } else if (outcome.interrupted) {
      one.skipped = "interrupted";
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace daxlab
