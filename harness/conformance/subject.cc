#include "harness/conformance/subject.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace daxlab {
namespace {

using Companion = std::pair<PluginKind, const char*>;

// One of each kind of mechanism: holes that trap, that are cached and that the kernel serves;
// writes in place and by copy.
constexpr Companion companions[] = {
    {PluginKind::fault, "page_zero"},   {PluginKind::fault, "global_zero"},
    {PluginKind::fault, "native_zero"}, {PluginKind::write, "partial"},
    {PluginKind::write, "atomic"},      {PluginKind::alloc, "first_fit"}};

ErrorOr<StrategySpec> load_with_defaults(const PluginDescription& description, CallLog& log) {
  auto plugin = LoadedPlugin::load(description, log);
  if (!plugin.ok()) return plugin.error();
  StrategySpec spec{plugin.take(), {}};
  for (const OptionDescription& option : description.options) {
    spec.options.push_back(option.default_value);
  }
  return spec;
}

}  // namespace

ErrorOr<std::vector<PluginDescription>> find_companions(PluginKind kind, Registry& registry) {
  std::vector<PluginDescription> found;
  for (const auto& [companion_kind, name] : companions) {
    if (companion_kind == kind) continue;
    auto description = registry.find(companion_kind, name);
    if (!description.ok()) {
      return description.error().prefixed("a lab for the checks: ");
    }
    found.push_back(description.take());
  }
  return found;
}

ErrorOr<Subject> Subject::load(const TestedPlugin& tested, CallLog& log) {
  Subject subject(tested, log);
  auto plugin = LoadedPlugin::load(tested.description, log);
  if (!plugin.ok()) return plugin.error();
  subject.plugin_ = {plugin.take(), tested.options};
  for (const PluginDescription& description : tested.companions) {
    auto companion = load_with_defaults(description, log);
    if (!companion.ok()) return companion.error();
    subject.companions_.push_back(companion.take());
  }
  return subject;
}

const StrategySpec& Subject::companion(PluginKind kind, const std::string& name) const {
  for (const StrategySpec& companion : companions_) {
    const PluginDescription& known = companion.plugin.description();
    if (known.kind == kind && known.name == name) return companion;
  }
  std::fprintf(stderr, "%s plugin '%s' is no companion\n", name_of(kind), name.c_str());
  std::abort();
}

}  // namespace daxlab
