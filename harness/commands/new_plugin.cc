// `daxlab new-plugin`: a project to begin with, that builds and passes its tests as it is.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <system_error>

#include "harness/commands/commands.h"
#include "harness/commands/plugin_project.h"
#include "harness/commands/shell_words.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;

std::optional<PluginKind> kind_of(const std::string& word) {
  for (const PluginKind kind : plugin_kinds) {
    if (word == name_of(kind)) return kind;
  }
  return std::nullopt;
}

// From there on nothing depends on where one stands, but for presets of CMake.
std::string next_steps(const PluginProject& project, const ProgramLayout& layout) {
  const std::string config = (project.folder / (project.name + ".yaml")).string();
  const std::string plugins = (project.folder / "build/release/plugins").string();
  const std::string daxlab = layout.daxlab.string();
  std::string text;
  const std::vector<std::string> steps[] = {
      {"cd", project.folder.string()},
      {"cmake", "--preset", "release", "-Ddaxlab_DIR=" + layout.cmake.string()},
      {"cmake", "--build", "--preset", "release"},
      {"ctest", "--preset", "release"},
      {daxlab, "run", config, "--plugin-path", plugins},
      {daxlab, "check", config, "--plugin-path", plugins, "--time", "1s"}};
  for (const auto& words : steps) text += "  " + shell_line(words) + "\n";
  return text;
}

class NewPluginCommand final : public Command {
 public:
  CommandTable table() override {
    return {.name = "new-plugin",
            .help = "Write a project for a plugin of your own, which builds and runs as it is",
            .options = {{.name = "kind",
                         .value = "KIND",
                         .help = "alloc, fault or write",
                         .into = &kind_,
                         .required = true},
                        {.name = "name",
                         .value = "NAME",
                         .help = "Of the plugin and its folder, snake_case",
                         .into = &name_,
                         .required = true},
                        {.name = "--in",
                         .value = "FOLDER",
                         .help = "Where the folder is made (here)",
                         .into = &parent_}}};
  }
  int run(const TypedLine&) override {
    const auto project = read_arguments();
    if (!project.ok()) return fail_to_begin("new-plugin", project.error());
    const ProgramLayout layout = layout_around(this_executable());
    if (const auto error = refuse_name(project.value().kind, name_, layout.plugins)) {
      return fail_to_begin("new-plugin", *error);
    }
    const auto files = make_project(project.value(), layout);
    if (!files.ok()) return fail("new-plugin", exit_failed, files.error().message);
    print("made {}: {}", project.value().folder.string(),
          fmt::format("{}\n", fmt::join(files.value(), ", ")));
    print("To build it, test it, and compare it with others:\n{}",
          next_steps(project.value(), layout));
    return exit_passed;
  }

 private:
  ErrorOr<PluginProject> read_arguments() const {
    const std::optional<PluginKind> kind = kind_of(kind_);
    if (!kind) {
      return Error{
          fmt::format("\"{}\" is no kind of plugin; expected alloc, fault or write", kind_)};
    }
    std::error_code error;
    const fs::path parent = fs::canonical(parent_, error);
    if (error || !fs::is_directory(parent, error)) {
      return Error{fmt::format("--in {}: {}; expected a folder that is there", parent_,
                               error ? error.message() : "is no folder")};
    }
    return PluginProject{.kind = *kind, .name = name_, .folder = parent / name_};
  }

  std::string kind_, name_;
  std::string parent_ = ".";
};

}  // namespace

std::unique_ptr<Command> make_new_plugin_command() { return std::make_unique<NewPluginCommand>(); }

}  // namespace daxlab
