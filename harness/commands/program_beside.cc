#include "harness/commands/program_beside.h"

#include <fmt/format.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/base/trusted_path.h"
#include "core/registry/program_layout.h"
#include "harness/commands/build_tree.h"
#include "harness/commands/command.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

int become_file(const char* command, const std::string& file, std::vector<std::string> words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  std::string name = file;
  OwnedDescriptor judged;
  // Who started a program with more rights could have put another file beside a hard link of it.
  if (getauxval(AT_SECURE) != 0) {
    auto found = find_trusted_file(file, /*allow_writable=*/false);
    if (!found.ok()) return fail(command, exit_failed, found.error().message);
    judged = std::move(found.value().descriptor);
    name = name_of_descriptor(judged.number());
  }
  restore_write_signals();  // each program ignores them by itself, or not
  execv(name.c_str(), pointers.data());
  return fail(command, exit_failed, fmt::format("{}: {}", file, std::strerror(errno)));
}

}  // namespace

int become(const ProgramBeside& program, const std::vector<std::string>& words) {
  const std::filesystem::path here = this_executable();
  const std::string name = fmt::format("daxlab_{}", program.command);
  const ProgramLayout layout = layout_around(here);
  const std::filesystem::path file = layout.programs / name;
  if (const auto tree = BuildTree::around(here)) {
    const auto announce = [&] {
      print_error("daxlab {}: builds {}{} in {}, this once\n", program.command, name,
                  program.built_too, tree->folder().string());
    };
    const std::string target = fmt::format("{}_command", program.command);
    if (const auto error = tree->provide(file, target, announce)) {
      return fail(program.command, exit_failed, error->message);
    }
  } else if (access(file.c_str(), X_OK) != 0) {
    return fail(program.command, exit_failed,
                fmt::format("needs the program {}, which is not in {}: install it there, or run "
                            "daxlab where it was built",
                            name, layout.programs.string()));
  }
  return become_file(program.command, file.string(), words);
}

}  // namespace daxlab
