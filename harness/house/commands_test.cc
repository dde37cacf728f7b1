// What the README tells people to type exists and works, and so do the configs that come along.
#include <gtest/gtest.h>

#include <sstream>

#include "harness/house/source_tree.h"

namespace daxlab {
namespace {

// How the README calls the program; here it may have been built elsewhere.
const std::string program_in_readme = "build/release/bin/daxlab";

std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream stream(line);
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::vector<std::string> readme_commands(const std::string& file = "README.md") {
  std::vector<std::string> commands;
  for (const std::string& block : fenced_blocks(file, "sh")) {
    std::string joined;  // lines that end in a backslash go on
    for (const std::string& line : lines_of(block)) {
      joined += line;
      if (joined.ends_with('\\')) {
        joined.back() = ' ';
        continue;
      }
      if (!joined.empty() && !joined.starts_with('#')) commands.push_back(joined);
      joined.clear();
    }
    EXPECT_TRUE(joined.empty()) << file << ": a command breaks off";
  }
  EXPECT_FALSE(commands.empty());
  return commands;
}

std::string with_this_build(std::string command) {
  const std::string program = daxlab_program().string();
  // On from behind what was put in: the program's own path may hold the words that are replaced.
  for (size_t at = 0; (at = command.find(program_in_readme, at)) != std::string::npos;
       at += program.size()) {
    command.replace(at, program_in_readme.size(), program);
  }
  return command;
}

// Quick, and the same on every machine.
bool is_cheap(const std::vector<std::string>& words) {
  if (words.size() < 2 || words[0] != program_in_readme) return false;
  for (const char* command : {"--version", "validate", "list", "schema", "conformance"}) {
    if (words[1] == command) return true;
  }
  return words[1] == "run" && contains(words[words.size() - 1], "--list-cells");
}

TEST(Readme, CheapCommandsRun) {
  int ran = 0;
  for (const std::string& command : readme_commands()) {
    const std::vector<std::string> words = words_of(command);
    if (!is_cheap(words)) continue;
    const CommandOutcome outcome = run_command(with_this_build(command));
    EXPECT_EQ(outcome.exit_code, 0) << command << "\n" << outcome.output;
    ++ran;
  }
  EXPECT_GE(ran, 3);
}

TEST(Readme, FilesInItsCommandsExist) {
  for (const std::string& command : readme_commands()) {
    for (std::string word : words_of(command)) {
      if (word.starts_with("./")) word.erase(0, 2);
      const bool ours = word.starts_with("harness/") || word.starts_with("configs/") ||
                        word.starts_with("core/") || word.starts_with("plugins/") ||
                        word.starts_with(".ci/");
      if (!ours || contains(word, "*")) continue;
      EXPECT_TRUE(std::filesystem::exists(source_folder() / word)) << command;
    }
  }
}

TEST(Readme, ItsConfigIsValid) {
  const std::vector<std::string> configs = fenced_blocks("README.md", "yaml");
  ASSERT_EQ(configs.size(), 1u);
  ScratchFolder scratch;
  scratch.write("readme.yaml", configs.front());
  const CommandOutcome outcome = run_command(daxlab_program().string() + " validate " +
                                             (scratch.path() / "readme.yaml").string());
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
}

TEST(Readme, ItsLongRunGoesOnAndIsRepeated) {
  ScratchFolder scratch;
  const std::string folder = scratch.path().string() + "/";
  int steps = 0;
  for (std::string command : readme_commands()) {
    if (!contains(command, "full_matrix.json")) continue;
    for (const std::string name : {" full_matrix.json", " full_matrix.csv"}) {
      const size_t at = command.find(name);
      if (at != std::string::npos) command.insert(at + 1, folder);
    }
    // One workload of the matrix is enough here.
    const size_t glob = command.find(" --cells");
    if (glob != std::string::npos) command.resize(glob);
    if (!contains(command, "--from-result")) command += " --cells 'write/mmu/memfd/*'";
    const CommandOutcome outcome = run_command(with_this_build(command));
    EXPECT_EQ(outcome.exit_code, 0) << command << "\n" << outcome.output;
    ++steps;
  }
  EXPECT_GE(steps, 3);  // run, resume, repeat
  EXPECT_TRUE(std::filesystem::exists(folder + "full_matrix.csv"));
}

TEST(ConfigsReadme, ItsExamplesAreValid) {
  const std::vector<std::string> examples = fenced_blocks("configs/README.md", "yaml");
  EXPECT_GE(examples.size(), 2u);
  ScratchFolder scratch;
  for (std::string text : examples) {
    if (!contains(text, "workloads:")) text += "workloads: [mkwrite]\n";
    if (contains(text, "file]")) {
      text += "region: {size: 1MiB, path: " + (scratch.path() / "lab.pmem").string() + "}\n";
    }
    scratch.write("example.yaml", text);
    const CommandOutcome outcome = run_command(daxlab_program().string() + " validate " +
                                               (scratch.path() / "example.yaml").string());
    EXPECT_EQ(outcome.exit_code, 0) << text << outcome.output;
  }
}

// "  name: the question" of `daxlab list`, and its row of the table.
TEST(ConfigsReadme, NamesEveryWorkloadAndItsQuestion) {
  const std::string readme = read_file("configs/README.md");
  const CommandOutcome listed = run_command(daxlab_program().string() + " list");
  const size_t start = listed.output.find("\nworkload\n");
  ASSERT_NE(start, std::string::npos) << listed.output;
  int workloads = 0;
  for (const std::string& line : lines_of(listed.output.substr(start + 10))) {
    const size_t colon = line.find(": ");
    if (!line.starts_with("  ") || line[2] == ' ' || colon == std::string::npos) continue;
    EXPECT_TRUE(contains(readme, "| `" + line.substr(2, colon - 2) + "`")) << line;
    EXPECT_TRUE(contains(readme, line.substr(colon + 2))) << line;
    ++workloads;
  }
  EXPECT_GE(workloads, 12);
}

TEST(Readme, FoldersOfItsMapExist) {
  const std::vector<std::string> maps = fenced_blocks("README.md", "text");
  ASSERT_FALSE(maps.empty());
  int folders = 0;
  for (const std::string& line : lines_of(maps.front())) {
    const std::vector<std::string> words = words_of(line);
    if (words.empty()) continue;
    EXPECT_TRUE(std::filesystem::exists(source_folder() / words[0])) << line;
    ++folders;
  }
  EXPECT_GE(folders, 10);
}

TEST(Readme, ItsPluginIsWritten) {
  ScratchFolder scratch;
  int steps = 0;
  for (std::string command : readme_commands()) {
    const size_t folder = command.find("--in /tmp");
    if (folder == std::string::npos) continue;
    command.replace(folder, std::string::npos, "--in " + scratch.path().string());
    const CommandOutcome outcome = run_command(with_this_build(command));
    EXPECT_EQ(outcome.exit_code, 0) << command << "\n" << outcome.output;
    ++steps;
  }
  EXPECT_EQ(steps, 1);
  EXPECT_TRUE(std::filesystem::exists(scratch.path() / "next_fit/next_fit.cc"));
}

// One after the other in one shell, as they are read: they change folders.
TEST(PluginsReadme, ItsCommandsRunInTheirOrder) {
  ScratchFolder scratch;
  std::string line = "cd " + scratch.path().string() +
                     " && PATH=" + daxlab_program().parent_path().string() +
                     ":$PATH && export PATH CXX=" DAXLAB_COMPILER;
  const std::vector<std::string> commands = readme_commands("plugins/README.md");
  EXPECT_GE(commands.size(), 15u);
  for (const std::string& command : commands) {
    line += " && " + command;
    // The whole suite of fault strategies is run as the README of the tree has it.
    if (contains(command, "conformance fault ")) line += " --checks '[!ans]*'";
  }
  const CommandOutcome outcome = run_command(line);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  for (const std::string plugin : {"next_fit/build/release/plugins/alloc/next_fit.so",
                                   "my_fault/build/release/plugins/fault/my_fault.so",
                                   "my_write/build/release/plugins/write/my_write.so"}) {
    EXPECT_TRUE(std::filesystem::exists(scratch.path() / plugin)) << plugin;
  }
}

TEST(Readme, ItsRegionIsMadeRunOnShownAndClean) {
  ScratchFolder scratch;
  const std::string name = "lab.pmem";
  const std::string path = (scratch.path() / name).string();
  int steps = 0;
  for (std::string command : readme_commands()) {
    // The README makes it in the folder where one stands; this test in its own.
    const size_t at = command.find(name);
    if (at == std::string::npos) continue;
    command.replace(at, name.size(), path);
    const CommandOutcome outcome = run_command(with_this_build(command));
    EXPECT_EQ(outcome.exit_code, 0) << command << "\n" << outcome.output;
    ++steps;
  }
  EXPECT_GE(steps, 4);  // create, run, info, fsck
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST(Commands, EveryShippedConfigIsValid) {
  int configs = 0;
  for (const std::string& file : files_under("configs")) {
    if (!file.ends_with(".yaml")) continue;
    // Its folders are those of a guest.
    const std::string elsewhere = file.ends_with("kernel_dax.yaml") ? " --set path=/dev/shm" : "";
    const CommandOutcome outcome =
        run_command(daxlab_program().string() + " validate " + file + elsewhere);
    EXPECT_EQ(outcome.exit_code, 0) << file << "\n" << outcome.output;
    ++configs;
  }
  EXPECT_GE(configs, 3);  // quickstart, hole_read, enospc
}

TEST(Commands, EveryPluginOfTheTreeIsListed) {
  const CommandOutcome outcome = run_command(daxlab_program().string() + " list --hazards");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  int plugins = 0;
  for (const std::string& file : files_under("plugins")) {
    if (!file.ends_with(".cc") || is_test(file)) continue;
    const std::string name = std::filesystem::path(file).stem().string();
    EXPECT_TRUE(contains(outcome.output, "/" + name + ".so")) << name;
    ++plugins;
  }
  EXPECT_GE(plugins, 7);
}

TEST(Commands, DoctorAnswersInTextAndJson) {
  const std::string doctor = daxlab_program().string() + " doctor";
  const CommandOutcome text = run_command(doctor);
  EXPECT_TRUE(text.exit_code == 0 || text.exit_code == 1) << text.output;
  EXPECT_TRUE(contains(text.output, "userfaultfd")) << text.output;
  const CommandOutcome json = run_command(doctor + " --json");
  EXPECT_EQ(json.exit_code, text.exit_code);
  EXPECT_TRUE(json.output.starts_with("{")) << json.output;
  EXPECT_TRUE(contains(json.output, "\"mmu_can_run\": ")) << json.output;
}

TEST(Commands, SoakNamesProgramsThatAreBuilt) {
  const std::string text = read_file("harness/soak");
  const std::string opening = "DAXLAB_SOAK_TESTS:-";
  const size_t from = text.find(opening);
  ASSERT_NE(from, std::string::npos);
  const size_t start = from + opening.size();
  const std::vector<std::string> programs =
      words_of(text.substr(start, text.find('}', start) - start));
  EXPECT_GE(programs.size(), 2u);
  for (const std::string& program : programs) {
    EXPECT_TRUE(std::filesystem::exists(daxlab_program().parent_path() / program)) << program;
  }
}

TEST(Commands, AWrongCommandLineIsExitTwo) {
  EXPECT_EQ(run_command(daxlab_program().string() + " frobnicate").exit_code, 2);
  EXPECT_EQ(run_command(daxlab_program().string() + " run no/such/config.yaml").exit_code, 2);
  EXPECT_EQ(run_command("harness/soak never").exit_code, 2);
  const std::string soak = (daxlab_program().parent_path() / "daxlab_soak").string();
  EXPECT_EQ(run_command(soak + " histories --kernel-only").exit_code, 2);
}

}  // namespace
}  // namespace daxlab
