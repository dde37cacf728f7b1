#include "harness/check/case_file.h"

#include <algorithm>

#include "harness/check/case_file_layout.h"
#include "harness/check/case_file_words.h"

namespace daxlab {
namespace {

// What is 0 is left out: it is what a reader takes.
void set_number(Json& map, const char* key, uint64_t value) {
  if (value != 0) map.set(key, value);
}

Json json_of(const Verdict& verdict) {
  Json map = {{"judge", judge_words().name_of(verdict.judge)},
              {"expected", verdict.expected},
              {"seen", verdict.seen},
              {"where", verdict.where}};
  if (verdict.at) map.set("at", *verdict.at);
  return map;
}

Json json_of(const InjectedFaults& faults) {
  return {{"no_space_at", faults.no_space_at},
          {"no_space_from_then_on", faults.no_space_from_then_on},
          {"poisoned_blocks", faults.poisoned_blocks}};
}

Json json_of(const Op& op) {
  Json map = {{"kind", op_words().name_of(op.kind)}};
  set_number(map, "file", op.file);
  set_number(map, "view", op.view);
  set_number(map, "offset_bytes", op.offset_bytes);
  set_number(map, "length_bytes", op.length_bytes);
  set_number(map, "value", op.value);
  return map;
}

Json json_of(const SharedOp& op) {
  Json map = {{"kind", shared_op_words().name_of(op.kind)}};
  set_number(map, "file", op.file);
  set_number(map, "view", op.view);
  set_number(map, "offset_bytes", op.offset_bytes);
  map.set("words", op.words);
  if (op.may_be_cut) map.set("may_be_cut", true);
  if (op.by_new_view) map.set("by_new_view", true);
  set_number(map, "value", op.value);
  return map;
}

Json json_of(const History& history) {
  Json ops = Json::list();
  for (const Op& op : history.ops) ops.add(json_of(op));
  return {{"seed", history.seed}, {"ops", std::move(ops)}};
}

Json json_of(const ConcurrentProgram& program) {
  Json views = Json::list();
  for (const SharedView& view : program.views) {
    views.add({{"file", view.file}, {"pgoff", view.range.pgoff}, {"pages", view.range.pages}});
  }
  Json rounds = Json::list();
  for (const auto& round : program.rounds) {
    Json threads = Json::list();
    for (const auto& ops : round) {
      Json list = Json::list();
      for (const SharedOp& op : ops) list.add(json_of(op));
      threads.add(std::move(list));
    }
    rounds.add(std::move(threads));
  }
  return {{"seed", program.seed},      {"threads", program.threads},
          {"files", program.files},    {"file_pages", program.file_pages},
          {"views", std::move(views)}, {"rounds", std::move(rounds)}};
}

Json json_of(const CoreMutation& mutation) {
  return {{"how", mutation_words().name_of(mutation.how)},
          {"kind", step_words().name_of(mutation.kind)},
          {"place", mutation.place},
          {"nth", mutation.nth}};
}

Json json_of(const CasePlugin& plugin) {
  return {{"kind", plugin.kind}, {"name", plugin.name}, {"content_hash", plugin.content_hash}};
}

// A text of several lines as a list of them; nothing is lost.
Json lines_of(const std::string& text) {
  Json lines = Json::list();
  size_t start = 0;
  for (size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    lines.add(text.substr(start, end - start));
    start = end + 1;
  }
  lines.add(text.substr(start));
  return lines;
}

}  // namespace

std::string case_text(const CheckFinding& finding) {
  const Case& shown = finding.shown_by;
  Json root;
  root.set("daxlab_case", case_version);
  root.set("verdict", json_of(finding.verdict));
  root.set("story", finding.story);
  root.set("config", lines_of(shown.config));
  Json plugins;  // none: no key
  for (const CasePlugin& plugin : shown.plugins) plugins.add(json_of(plugin));
  if (!plugins.is_null()) root.set("plugins", std::move(plugins));
  root.set("region_bytes", shown.region_bytes);
  root.set("faults", json_of(shown.faults));
  set_number(root, "max_kernel_mappings", shown.max_kernel_mappings);
  if (const auto* history = std::get_if<History>(&shown.program)) {
    root.set("history", json_of(*history));
  } else {
    root.set("program", json_of(std::get<ConcurrentProgram>(shown.program)));
  }
  if (!shown.choices.empty()) root.set("choices", shown.choices);
  if (shown.mutation) root.set("mutation", json_of(*shown.mutation));
  if (shown.crash)
    root.set("crash", {{"event", shown.crash->event}, {"image", shown.crash->image}});
  return readable_text(root);
}

}  // namespace daxlab
