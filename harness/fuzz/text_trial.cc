#include "harness/fuzz/text_trial.h"

#include <fmt/format.h>

#include <set>

#include "harness/check/case_file.h"
#include "harness/config/cell_config.h"
#include "harness/config/config_loader.h"
#include "harness/config/option_values.h"
#include "harness/config/text_check.h"

namespace daxlab {
namespace {

constexpr Option global_zero_options[] = {
    integer_option("around", OptionUnit::pages, 1, 1, 512, "pages per fault"),
    boolean_option("keep_own", false, "spares a fault"),
    choice_option("zero_page", "own|kernel", 0, "which page"),
};
constexpr Option page_zero_options[] = {
    integer_option("cache_limit", OptionUnit::bytes, 0, 0, uint64_t{1} << 30, "cached pages"),
    integer_option("delay", OptionUnit::nanoseconds, 0, 0, 1'000'000'000, "before each fault"),
};

struct DescribedPlugin {
  PluginKind kind;
  const char* name;
  OptionTable options;
};

ErrorOr<PluginDescription> find_plugin(PluginKind kind, std::string_view name) {
  static const DescribedPlugin plugins[] = {
      {PluginKind::fault, "page_zero", page_zero_options},
      {PluginKind::fault, "global_zero", global_zero_options},
      {PluginKind::fault, "native_zero", no_options},
      {PluginKind::write, "partial", no_options},
      {PluginKind::write, "all_or_nothing", no_options},
      {PluginKind::write, "atomic", no_options},
      {PluginKind::alloc, "first_fit", no_options},
      {PluginKind::alloc, "per_cpu", no_options},
  };
  for (const DescribedPlugin& plugin : plugins) {
    if (plugin.kind != kind || plugin.name != name) continue;
    PluginDescription description;
    description.kind = kind;
    description.name = plugin.name;
    description.options = describe_options(plugin.options);
    return description;
  }
  return Error{fmt::format("no such {} plugin", name_of(kind))};
}

ErrorOr<Config> resolve(std::string_view text) {
  return resolve_config("t.yaml", text, {}, find_plugin, all_workloads());
}

// A line that a person can read, with its place.
std::optional<std::string> find_bad_error(const std::string& message, std::string_view file) {
  if (!message.starts_with(std::string(file) + ":")) return "an error without a place: " + message;
  if (message.find('\n') != std::string::npos) return "an error of several lines: " + message;
  if (message.size() > 10'000) return "an error of more than 10,000 bytes";
  if (find_bad_text(message)) return "an error that cannot be printed";
  return std::nullopt;
}

// A cell that is written down is the same cell when it is read.
std::optional<std::string> find_bad_cell(const Config& config, const Cell& cell) {
  const std::string text = cell_config_text(config, cell);
  const auto again = resolve(text);
  if (!again.ok()) return "the cell's own config is refused: " + again.error().message;
  if (again.value().cells.size() != 1 || again.value().cells.front() != cell) {
    return "the cell's own config gives another: " + text;
  }
  return std::nullopt;
}

}  // namespace

TextTrial try_config(std::string_view text) {
  const auto config = resolve(text);
  if (!config.ok()) return {false, find_bad_error(config.error().message, "t.yaml")};
  std::set<std::string> names;
  for (const Cell& cell : config.value().cells) {
    if (!names.insert(cell.name()).second) return {true, "two cells " + cell.name()};
  }
  if (names.empty()) return {true, "a config without cells"};
  return {true, find_bad_cell(config.value(), config.value().cells.front())};
}

TextTrial try_case(std::string_view text) {
  const auto finding = parse_case(text, "f.json");
  if (!finding.ok()) return {false, find_bad_error(finding.error().message, "f.json")};
  const std::string written = case_text(finding.value());
  const auto again = parse_case(written, "f.json");
  if (!again.ok()) return {true, "what was read is refused when written: " + again.error().message};
  if (case_text(again.value()) != written) return {true, "what was written reads differently"};
  return {true, std::nullopt};
}

}  // namespace daxlab
