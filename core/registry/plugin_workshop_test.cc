#include "core/registry/plugin_workshop.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <utility>

namespace daxlab {
namespace {

namespace fs = std::filesystem;

constexpr const char* marker_variable = "DAXLAB_TEST_MARKER";

fs::path make_folder() {
  std::string name = (fs::temp_directory_path() / "daxlab_registry_XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) std::abort();
  return fs::canonical(name);
}

constexpr const char* fault_body = R"(
class Strategy final : public FaultStrategy {
 public:
  Strategy(Host&, const OptionValues&) {}
  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }
  FaultResult fault(const Fault&, FaultOps&) noexcept override { return FaultResult::sigbus; }
  FaultResult page_mkwrite(const Fault&, FaultOps&) noexcept override { return FaultResult::sigbus; }
  void before_fill(PageRange, FaultOps&) noexcept override {}
  void after_punch(PageRange, FaultOps&) noexcept override {}
};
constexpr Option options[] = {
  integer_option("around", OptionUnit::pages, 1, 1, 512, "pages handled per fault"),
  boolean_option("keep_own", false, "spares the second fault"),
  choice_option("zero_page", "own|kernel", 1, "whose page is mapped")};
)";

constexpr const char* write_body = R"(
class Strategy final : public WriteStrategy {
 public:
  Strategy(Host&, const OptionValues&) {}
  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }
  Result<uint64_t> write(ByteRange, WriteOps&) noexcept override { return ErrorCode::no_space; }
};
constexpr auto options = no_options;
)";

constexpr const char* alloc_body = R"(
class Strategy final : public Allocator {
 public:
  Strategy(Host&, const OptionValues&) {}
  Status init(Geometry) noexcept override { return {}; }
  Status mark_used(Extent) noexcept override { return {}; }
  Result<Extent> allocate(const AllocationRequest&) noexcept override { return ErrorCode::no_space; }
  void free(Extent) noexcept override {}
  FreeSpace free_space() const noexcept override { return {}; }
};
constexpr auto options = no_options;
)";

}  // namespace

PluginWorkshop::PluginWorkshop() : folder_(make_folder()) {
  setenv(marker_variable, (folder_ / "marker").c_str(), 1);
}

PluginWorkshop::~PluginWorkshop() {
  unsetenv(marker_variable);
  std::error_code ignored;  // what is left behind is in the temporary folder anyway
  fs::remove_all(folder_, ignored);
}

bool PluginWorkshop::code_has_run() const { return fs::exists(folder_ / "marker"); }
void PluginWorkshop::forget_marker() const { fs::remove(folder_ / "marker"); }

std::vector<std::string> PluginWorkshop::shared_flags() {
  return {"-shared", "-fPIC", "-fvisibility=hidden", "-ftls-model=initial-exec"};
}

fs::path PluginWorkshop::sdk() { return DAXLAB_TEST_SDK; }
std::string PluginWorkshop::compiler() { return DAXLAB_TEST_COMPILER; }

fs::path PluginWorkshop::build(std::string_view file, std::string_view source,
                               const std::vector<std::string>& flags, const fs::path& include,
                               const std::string& by) const {
  const fs::path object = folder_ / file;
  fs::create_directories(object.parent_path());
  const fs::path text = folder_ / "source.cc";
  std::ofstream(text) << source;
  std::vector<std::string> words = {by, "-std=c++20", "-I" + include.string()};
  words.insert(words.end(), flags.begin(), flags.end());
  // Most tests ask for the same few, and compiling is what takes their time.
  static std::map<std::pair<std::vector<std::string>, std::string>, std::vector<char>> made;
  std::vector<char>& bytes = made[{words, std::string(source)}];
  fs::remove(object);  // not written over: it may be loaded
  if (bytes.empty()) {
    words.insert(words.end(), {text.string(), "-o", object.string()});
    run_program(words);
    bytes = read_bytes(object);
  } else {
    write_bytes(object, bytes);
  }
  return object;
}

std::string PluginWorkshop::source_of(PluginKind kind, std::string_view name,
                                      std::string_view before) {
  const bool alloc = kind == PluginKind::alloc;
  const char* const body = kind == PluginKind::fault   ? fault_body
                           : kind == PluginKind::write ? write_body
                                                       : alloc_body;
  const char* const macro = kind == PluginKind::fault   ? "DAXLAB_FAULT_PLUGIN"
                            : kind == PluginKind::write ? "DAXLAB_WRITE_PLUGIN"
                                                        : "DAXLAB_ALLOC_PLUGIN";
  return fmt::format(
      "#include <daxlab/{}.h>\n{}\nnamespace {{\nusing namespace daxlab;\n{}\n}}\n"
      "{}({}, Strategy, \"made for a test\", options{});\n",
      name_of(kind), before, body, macro, name,
      alloc ? ", ::daxlab::PluginFlags::signal_safe" : "");
}

std::string PluginWorkshop::at_load(std::string_view statements) {
  return fmt::format(
      "#include <cstdio>\n#include <cstdlib>\n#include <csignal>\n#include <stdexcept>\n#include "
      "<unistd.h>\n"
      "namespace {{ struct AtLoad {{ AtLoad() {{ {} }} }} at_load; }}\n",
      statements);
}

std::string PluginWorkshop::with_marker() {
  return at_load(
      fmt::format("if (FILE* file = fopen(getenv(\"{}\"), \"w\")) fclose(file);", marker_variable));
}

void run_program(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  ASSERT_EQ(posix_spawnp(&child, arguments[0], nullptr, nullptr, arguments.data(), environ), 0)
      << words[0];
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << fmt::format("{} failed", words[0]);
}

std::vector<char> read_bytes(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  EXPECT_TRUE(stream.good()) << file;
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void write_bytes(const fs::path& file, const std::vector<char>& bytes) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(stream.good()) << file;
}

}  // namespace daxlab
