#include <fmt/format.h>

#include <algorithm>

#include "core/region/superblock.h"
#include "harness/check/case_file.h"
#include "harness/check/case_file_json.h"
#include "harness/check/case_file_programs.h"
#include "harness/check/case_file_words.h"

namespace daxlab {
namespace {

constexpr size_t longest_line_bytes = 4096;
constexpr size_t most_lines = 10'000;
constexpr size_t deepest = 16;

// Before it is read: a parser takes memory for every bracket of a text that is nothing but
// brackets.
bool is_too_deep(std::string_view text) {
  size_t depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    if (in_string) {
      if (letter == '\\') ++i;
      if (letter == '"') in_string = false;
    } else if (letter == '"') {
      in_string = true;
    } else if (letter == '[' || letter == '{') {
      if (++depth > deepest) return true;
    } else if ((letter == ']' || letter == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

// "3:17" of a byte, both from 1.
std::string line_and_column(std::string_view text, size_t byte) {
  const std::string_view before = text.substr(0, std::min(byte > 0 ? byte - 1 : 0, text.size()));
  const size_t last_break = before.rfind('\n');
  const size_t column =
      before.size() - (last_break == std::string_view::npos ? 0 : last_break + 1) + 1;
  return fmt::format("{}:{}", std::ranges::count(before, '\n') + 1, column);
}

// What follows the file's name in a message; nullopt: `root` is what was read.
std::optional<std::string> read_text(std::string_view text, Json& root) {
  const auto problem = read_json(text, root);
  if (!problem) return std::nullopt;
  if (!problem->is_syntax) return fmt::format(": cannot be read: {}", problem->what);
  if (problem->byte > text.size()) {
    return ": ends in the middle: it was cut off, or is no case of daxlab check";
  }
  return fmt::format(":{}: is no JSON, so this is no case of daxlab check",
                     line_and_column(text, problem->byte));
}

std::vector<std::string> lines_of(const std::optional<CaseValue>& list) {
  std::vector<std::string> lines;
  if (!list) return lines;
  list->each(most_lines,
             [&](const CaseValue& line) { lines.push_back(line.text(longest_line_bytes)); });
  return lines;
}

Verdict read_verdict(const CaseValue& map) {
  Verdict verdict;
  if (!map.is_map({"judge", "expected", "seen"}, {"where", "at"})) return verdict;
  const auto& words = judge_words();
  verdict.judge = *words.named(words.names()[map.member("judge")->one_of(words.names())]);
  const auto text = [&](const char* key) {
    const auto value = map.member(key);
    return value ? value->text(longest_line_bytes * 16) : std::string();
  };
  verdict.expected = text("expected");
  verdict.seen = text("seen");
  verdict.where = text("where");
  if (const auto at = map.member("at")) verdict.at = at->number(0, UINT64_MAX);
  return verdict;
}

InjectedFaults read_faults(const CaseValue& map, uint64_t region_bytes) {
  InjectedFaults faults;
  if (!map.is_map({}, {"no_space_at", "no_space_from_then_on", "poisoned_blocks"})) return faults;
  faults.no_space_at = map.number("no_space_at", 0, UINT64_MAX);
  if (const auto value = map.member("no_space_from_then_on")) {
    faults.no_space_from_then_on = value->boolean();
  }
  const uint64_t blocks = region_bytes / block_bytes;
  if (const auto list = map.member("poisoned_blocks")) {
    list->each(blocks, [&](const CaseValue& block) {
      faults.poisoned_blocks.push_back(block.number(0, blocks - 1));
    });
  }
  return faults;
}

std::vector<CasePlugin> read_plugins(const CaseValue& list) {
  constexpr size_t most_plugins = 3;  // one of each kind
  std::vector<CasePlugin> plugins;
  list.each(most_plugins, [&](const CaseValue& map) {
    if (!map.is_map({"kind", "name", "content_hash"}, {})) return;
    const auto text = [&](const char* key) { return map.member(key)->text(longest_line_bytes); };
    plugins.push_back({text("kind"), text("name"), text("content_hash")});
  });
  return plugins;
}

CoreMutation read_mutation(const CaseValue& map) {
  CoreMutation mutation;
  if (!map.is_map({"how", "kind"}, {"place", "nth"})) return mutation;
  const auto& hows = mutation_words();
  mutation.how = *hows.named(hows.names()[map.member("how")->one_of(hows.names())]);
  if (const auto kind = map.member("kind")) {
    mutation.kind = *step_words().named(step_words().names()[kind->one_of(step_words().names())]);
  }
  if (const auto place = map.member("place")) mutation.place = place->text(longest_line_bytes);
  mutation.nth = map.number("nth", 0, UINT64_MAX);
  return mutation;
}

std::string config_of(const CaseValue& root) {
  std::string config;
  const auto lines = lines_of(root.member("config"));
  for (size_t i = 0; i < lines.size(); ++i) config += (i == 0 ? "" : "\n") + lines[i];
  return config;
}

void read_schedule(const CaseValue& root, Case& shown) {
  const auto* program = std::get_if<ConcurrentProgram>(&shown.program);
  const uint64_t threads = program == nullptr ? 1 : program->threads;
  if (const auto choices = root.member("choices")) {
    choices->each(most_case_choices, [&](const CaseValue& choice) {
      shown.choices.push_back(static_cast<uint32_t>(choice.number(0, threads - 1)));
    });
  }
}

void read_program(const CaseValue& root, Case& shown) {
  const auto history = root.member("history");
  const auto program = root.member("program");
  if (history.has_value() == program.has_value()) {
    return root.report("expected one of the keys 'history' and 'program', found " +
                       std::string(history ? "both" : "none"));
  }
  if (history) {
    shown.program = read_history(*history);
  } else {
    shown.program = read_concurrent_program(*program);
  }
}

CheckFinding read_finding(const CaseValue& root) {
  CheckFinding finding;
  if (!root.is_map({"daxlab_case", "verdict", "config", "region_bytes"},
                   {"story", "plugins", "faults", "max_kernel_mappings", "history", "program",
                    "choices", "mutation", "crash"})) {
    return finding;
  }
  finding.verdict = read_verdict(*root.member("verdict"));
  finding.story = lines_of(root.member("story"));
  Case& shown = finding.shown_by;
  shown.config = config_of(root);
  if (const auto plugins = root.member("plugins")) shown.plugins = read_plugins(*plugins);
  shown.region_bytes = root.number("region_bytes", min_region_bytes, most_case_region_bytes);
  if (!root.failed() && shown.region_bytes % block_bytes != 0) {
    root.member("region_bytes")
        ->report(
            fmt::format("expected a multiple of {}, found {}", block_bytes, shown.region_bytes));
  }
  if (const auto faults = root.member("faults")) {
    shown.faults = read_faults(*faults, shown.region_bytes);
  }
  shown.max_kernel_mappings = root.number("max_kernel_mappings", 0, UINT64_MAX);
  read_program(root, shown);
  read_schedule(root, shown);
  if (const auto mutation = root.member("mutation")) shown.mutation = read_mutation(*mutation);
  if (const auto crash = root.member("crash")) {
    if (crash->is_map({"event", "image"})) {
      shown.crash =
          CrashMoment{crash->number("event", 0, UINT64_MAX), crash->number("image", 0, UINT64_MAX)};
    }
  }
  return finding;
}

// What is ours at all, and of a version that this program knows.
std::optional<std::string> find_stranger(const Json& root) {
  if (!root.contains("daxlab_case")) {
    return "is no case of daxlab check: the key 'daxlab_case' is missing";
  }
  const Json& version = root["daxlab_case"];
  if (version.as_unsigned() == case_version) return std::nullopt;
  return fmt::format("is a case of version {}; this daxlab reads version {}",
                     version.dump_ascii().substr(0, 20), case_version);
}

}  // namespace

ErrorOr<CheckFinding> parse_case(std::string_view text, const std::filesystem::path& path) {
  const auto refuse = [&](const std::string& why) {
    return Error{fmt::format("{}: {}", path.string(), why)};
  };
  if (text.empty()) return refuse("is empty: no case of daxlab check");
  if (text.size() > most_case_bytes) {
    return refuse(
        fmt::format("is larger than {} bytes, the most a case may have", most_case_bytes));
  }
  if (is_too_deep(text)) {
    return refuse(fmt::format("is nested more than {} deep: no case of daxlab check", deepest));
  }
  Json root;
  if (const auto wrong = read_text(text, root)) return Error{path.string() + *wrong};
  if (const auto stranger = find_stranger(root)) return refuse(*stranger);
  std::optional<std::string> problem;
  CheckFinding finding = read_finding(CaseValue(root, problem));
  if (problem) return refuse(*problem);
  return finding;
}

}  // namespace daxlab
