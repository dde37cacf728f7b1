#include "harness/conformance/lab_trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/histories/replay.h"

namespace daxlab {
namespace {

const StrategySpec& strategy(const Subject& subject, PluginKind kind, const std::string& name) {
  return subject.kind() == kind ? subject.plugin() : subject.companion(kind, name);
}

// "op 6 load view 2 offset 4096: expected 0x2a, seen 0x0"
Finding finding_of(const std::string& difference, const History& history) {
  constexpr std::string_view expected = ": expected ", seen = ", seen ";
  const size_t at = difference.find(expected);
  const size_t then = difference.rfind(seen);
  Finding finding{"the model's answer", difference, {}};
  if (at != std::string::npos && then != std::string::npos && at < then) {
    const size_t start = at + expected.size();
    finding.expected = fmt::format("{} gives {}", difference.substr(0, at),
                                   difference.substr(start, then - start));
    finding.seen = difference.substr(then + seen.size());
  }
  for (size_t i = 0; i < history.ops.size(); ++i) {
    finding.steps.push_back(fmt::format("op {} {}", i, to_text(history.ops[i])));
  }
  return finding;
}

void cut_writes(Lab& lab, History& history) {
  auto file = lab.files().create("longest");
  if (!file.ok()) return;
  const uint64_t longest = file.value()->max_write_bytes();
  for (Op& op : history.ops) {
    const bool writes = op.kind == OpKind::write || op.kind == OpKind::write_from_view;
    if (writes) op.length_bytes = std::min(op.length_bytes, longest);
  }
  static_cast<void>(lab.files().unlink("longest"));  // else settle() finds a block too many
}

// An unsafe answer, of whatever history.
History shortened_on_fresh_labs(const Subject& subject, const LabSetting& setting,
                                History history) {
  return shortened(std::move(history), [&](const History& candidate) {
    std::optional<Finding> none;
    const std::unique_ptr<Lab> fresh = assemble(subject, setting, none);
    if (fresh == nullptr) return false;
    static_cast<void>(find_difference(fresh->files(), candidate));  // only the answers matter
    return fresh->failure().has_value();
  });
}

}  // namespace

std::string to_text(const LabSetting& setting, PluginKind tested) {
  const char* engine = setting.engine == EngineKind::mmu ? "mmu" : "simulator";
  return tested == PluginKind::fault
             ? fmt::format("on the {} with write {}", engine, setting.write)
             : fmt::format("on the {} with fault {}", engine, setting.fault);
}

std::vector<LabSetting> all_settings(PluginKind tested) {
  std::vector<LabSetting> settings;
  for (const EngineKind engine : {EngineKind::mmu, EngineKind::simulator}) {
    if (tested == PluginKind::fault) {
      for (const char* write : {"partial", "atomic"}) {
        settings.push_back({.engine = engine, .write = write});
      }
    } else {
      for (const char* fault : {"page_zero", "global_zero", "native_zero"}) {
        settings.push_back({.engine = engine, .fault = fault});
      }
    }
  }
  return settings;
}

std::unique_ptr<Lab> assemble(const Subject& subject, const LabSetting& setting,
                              std::optional<Finding>& finding) {
  LabSpec spec;
  spec.engine = setting.engine;
  spec.region_bytes = setting.region_bytes;
  spec.observer = setting.observer;
  spec.fault = strategy(subject, PluginKind::fault, setting.fault);
  spec.write = strategy(subject, PluginKind::write, setting.write);
  spec.alloc = strategy(subject, PluginKind::alloc, "first_fit");
  auto lab = Lab::assemble(spec, subject.log());
  if (lab.ok()) return lab.take();
  finding = {"a lab can be assembled", lab.error().message, {}};
  return nullptr;
}

std::optional<Finding> settle(Lab& lab, uint64_t used_before) {
  if (const auto unsafe = lab.failure()) {
    const bool is_overrun = unsafe->find(" behind the end of its arena ") != unsafe->npos;
    if (is_overrun) return Finding{arenas_expected, *unsafe, {}, "arena overrun"};
    return Finding{"only answers that are safe to follow", *unsafe, {}, "unsafe answer"};
  }
  const SpaceUse use = lab.files().space_use();
  if (use.used_blocks + use.free_blocks != use.total_blocks) {
    return Finding{
        "used + free = all blocks",
        fmt::format("{} used, {} free of {}", use.used_blocks, use.free_blocks, use.total_blocks),
        {}};
  }
  if (use.used_blocks == used_before) return std::nullopt;
  return Finding{"every block is given back when the last file is gone",
                 fmt::format("{} blocks are in use, {} were before", use.used_blocks, used_before),
                 {}};
}

std::optional<Finding> on_lab(const Subject& subject, const LabSetting& setting,
                              const LabBody& body) {
  std::optional<Finding> finding;
  const std::unique_ptr<Lab> lab = assemble(subject, setting, finding);
  if (lab != nullptr) {
    const uint64_t used_before = lab->files().space_use().used_blocks;
    finding = body(*lab);
    // An unsafe answer is the cause of whatever else was seen.
    const auto unsettled = settle(*lab, used_before);
    if (unsettled && (!finding || lab->failure())) {
      const std::vector<std::string> steps = finding ? finding->steps : std::vector<std::string>();
      finding = unsettled;
      finding->steps = steps;
    }
  }
  if (finding) finding->seen += " (" + to_text(setting, subject.kind()) + ")";
  return finding;
}

std::optional<Finding> on_each_lab(const Subject& subject, const LabBody& body) {
  for (const LabSetting& setting : all_settings(subject.kind())) {
    if (auto finding = on_lab(subject, setting, body)) return finding;
  }
  return std::nullopt;
}

std::optional<Finding> check_history(const Subject& subject, const LabSetting& setting, Lab& lab,
                                     History history) {
  cut_writes(lab, history);
  const auto difference = find_difference(lab.files(), history);
  if (!difference) return std::nullopt;
  if (lab.failure()) {
    return finding_of(*difference, shortened_on_fresh_labs(subject, setting, std::move(history)));
  }
  const History shorter = shortened(lab.files(), history);
  if (const auto again = find_difference(lab.files(), shorter)) {
    return finding_of(*again, shorter);
  }
  return finding_of(*difference, history);
}

std::optional<Finding> check_script(const Subject& subject, const Script& script) {
  for (const LabSetting& setting : all_settings(subject.kind())) {
    auto finding = on_lab(subject, setting, [&](Lab& lab) {
      return check_history(subject, setting, lab, script.history());
    });
    if (finding) return finding;
  }
  return std::nullopt;
}

}  // namespace daxlab
