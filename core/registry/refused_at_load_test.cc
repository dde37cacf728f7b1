// Plugins that are found out only when they are loaded: in a child, so that nothing happens here.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "core/registry/child_process.h"
#include "core/registry/expect_says.h"
#include "core/registry/plugin_info_check.h"
#include "core/registry/plugin_workshop.h"
#include "core/registry/refusal_test.h"
#include "core/registry/registry.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

class RefusedAtLoadTest : public testing::Test {
 protected:
  std::string refusal_of(const fs::path& file, milliseconds time_limit = seconds(60)) const {
    const std::string message = daxlab::refusal_of(SearchPath{{workshop_.folder()}, false},
                                                   PluginKind::fault, "odd", time_limit);
    EXPECT_EQ(message.find(file.string()), 0u) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos);
    return message;
  }
  std::string refusal(const std::string& source) const {
    return refusal_of(workshop_.build("fault/odd.so", source));
  }
  std::string refusal_at_load(const std::string& statements,
                              milliseconds time_limit = seconds(60)) const {
    const std::string before = PluginWorkshop::at_load(statements);
    return refusal_of(workshop_.build("fault/odd.so",
                                      PluginWorkshop::source_of(PluginKind::fault, "odd", before)),
                      time_limit);
  }

  PluginWorkshop workshop_;
};

TEST_F(RefusedAtLoadTest, AConstructorThatAborts) {
  EXPECT_SAYS(refusal_at_load("abort();"), "was killed by SIGABRT while it was loaded");
}

TEST_F(RefusedAtLoadTest, AConstructorThatThrows) {
  EXPECT_SAYS(refusal_at_load("throw 1;"), "was killed by SIGABRT while it was loaded");
  EXPECT_SAYS(refusal_at_load("throw std::runtime_error(\"bad day\");"),
              "was killed by SIGABRT while it was loaded");
}

TEST_F(RefusedAtLoadTest, AConstructorThatStoresThroughANullPointer) {
  EXPECT_SAYS(refusal_at_load("int* volatile p = nullptr; *p = 1;"),
              "was killed by SIGSEGV while it was loaded");
}

TEST_F(RefusedAtLoadTest, AConstructorThatRaisesAnySignal) {
  EXPECT_SAYS(refusal_at_load("raise(SIGTERM);"), "was killed by SIGTERM");
  // As by the kernel, when memory is short: nothing shows that it was the plugin.
  EXPECT_SAYS(refusal_at_load("raise(SIGKILL);"), "could not be looked at");
}

TEST_F(RefusedAtLoadTest, AConstructorThatExits) {
  // A handler of the calling process leaves a trace if the child runs it.
  static std::string trace;
  trace = (workshop_.folder() / "trace").string();
  std::atexit([] { close(creat(trace.c_str(), 0600)); });
  EXPECT_SAYS(refusal_at_load("exit(0);"), "exited with status 0 while it was loaded");
  EXPECT_SAYS(refusal_at_load("exit(3);"), "exited with status 3 while it was loaded");
  EXPECT_SAYS(refusal_at_load("_exit(4);"), "exited with status 4 while it was loaded");
  EXPECT_FALSE(fs::exists(trace));
}

TEST_F(RefusedAtLoadTest, AConstructorThatNeverReturns) {
  const milliseconds limit(300);
  EXPECT_SAYS(refusal_at_load("for (volatile int i = 0;; i = i + 1) {}", limit),
              "did not return within " + std::to_string(heeded_limit(limit).count()) +
                  " ms while it was loaded");
}

TEST_F(RefusedAtLoadTest, AConstructorThatLeavesAProcessBehind) {
  // The grandchild keeps the pipe open; the end of the child is seen all the same.
  EXPECT_SAYS(refusal_at_load("if (fork() == 0) for (;;) pause(); _exit(5);"),
              "exited with status 5 while it was loaded");
}

TEST_F(RefusedAtLoadTest, AnUndefinedSymbol) {
  const std::string message = refusal(PluginWorkshop::source_of(
      PluginKind::fault, "odd",
      "extern \"C\" void nobody_has_this(); void (*keep)() = &nobody_has_this; "
      "__attribute__((visibility(\"default\"))) void use() { nobody_has_this(); }"));
  EXPECT_SAYS(message, "the dynamic linker refuses it");
  EXPECT_SAYS(message, "undefined symbol: nobody_has_this");
  EXPECT_EQ(message.find("boost"), std::string::npos) << message;
}

TEST_F(RefusedAtLoadTest, ALibraryItNeedsIsNotThere) {
  const fs::path needed = workshop_.build("libneeded.so", "void needed() {}", {"-shared", "-fPIC"});
  const fs::path file = workshop_.build(
      "fault/odd.so",
      PluginWorkshop::source_of(PluginKind::fault, "odd",
                                "void needed(); void (*keep)() = needed;"),
      {"-shared", "-fPIC", "-L" + workshop_.folder().string(), "-Wl,--no-as-needed", "-lneeded"});
  fs::remove(needed);
  EXPECT_SAYS(refusal_of(file), "libneeded.so: cannot open shared object file");
}

TEST_F(RefusedAtLoadTest, NamedDifferentlyFromItsFile) {
  EXPECT_SAYS(refusal(PluginWorkshop::source_of(PluginKind::fault, "even")),
              "calls itself \"even\" but its file \"odd\"");
}

TEST_F(RefusedAtLoadTest, ABadTableOfOptions) {
  std::string source = PluginWorkshop::source_of(PluginKind::fault, "odd");
  const std::string good = "OptionUnit::pages, 1, 1, 512";
  source.replace(source.find(good), good.size(), "OptionUnit::pages, 0, 1, 512");
  EXPECT_SAYS(refusal(source), "option around: default 0 is outside its range 1 to 512");
}

TEST_F(RefusedAtLoadTest, ATableThatCannotBeRead) {
  const std::string source =
      "#include <daxlab/fault.h>\n"
      "extern \"C\" __attribute__((visibility(\"default\"))) const daxlab::FaultPlugin "
      "daxlab_fault_abi1;\n"
      "const daxlab::FaultPlugin daxlab_fault_abi1 = {{reinterpret_cast<const char*>(8), \"\", {}, "
      "{}}, nullptr, nullptr};";
  EXPECT_SAYS(refusal(source), "was killed by SIGSEGV while its declaration was read");
}

TEST_F(RefusedAtLoadTest, ADeclarationWithoutCreate) {
  const std::string source =
      "#include <daxlab/fault.h>\n"
      "extern \"C\" __attribute__((visibility(\"default\"))) const daxlab::FaultPlugin "
      "daxlab_fault_abi1;\n"
      "const daxlab::FaultPlugin daxlab_fault_abi1 = {{\"odd\", \"is odd\", {}, {}}, nullptr, "
      "nullptr};";
  EXPECT_SAYS(refusal(source), "create or destroy is null");
}

TEST_F(RefusedAtLoadTest, AnswersMixedWithAPluginsOwnOutput) {
  // Any descriptor above the standard ones may be the pipe.
  EXPECT_SAYS(refusal_at_load("for (int i = 3; i < 64; ++i) (void)!write(i, \"L{noise\", 7);"),
              "its probe sent what cannot be read");
}

TEST_F(RefusedAtLoadTest, ARefusalIsRememberedToo) {
  workshop_.build("fault/odd.so", PluginWorkshop::source_of(PluginKind::fault, "even",
                                                            PluginWorkshop::with_marker()));
  Registry plugins(SearchPath{{workshop_.folder()}, false});
  EXPECT_FALSE(plugins.find(PluginKind::fault, "odd").ok());
  EXPECT_TRUE(workshop_.code_has_run());
  workshop_.forget_marker();
  EXPECT_FALSE(plugins.find(PluginKind::fault, "odd").ok());
  EXPECT_FALSE(workshop_.code_has_run());
}

TEST(ChildProcessTest, ReturnsWhatWasWrittenBeforeTheEnd) {
  const std::string text(100'000, 'x');  // more than a pipe holds
  const auto run = run_in_child(
      [&](int descriptor) {
        size_t sent = 0;
        while (sent < text.size()) {
          const ssize_t step = write(descriptor, text.data() + sent, text.size() - sent);
          if (step <= 0) _exit(1);
          sent += static_cast<size_t>(step);
        }
        raise(SIGKILL);
      },
      seconds(60));
  ASSERT_TRUE(run.ok()) << run.error().message;
  EXPECT_EQ(run.value().written, text);
  EXPECT_EQ(run.value().signal_number, SIGKILL);
  EXPECT_EQ(run.value().describe_end(), "was killed by SIGKILL");
}

TEST(ChildProcessTest, AnExceptionDoesNotBringTheChildIntoTheCallersCode) {
  const auto run = run_in_child([](int) { throw 1; }, seconds(60));
  ASSERT_TRUE(run.ok()) << run.error().message;
  EXPECT_EQ(run.value().signal_number, SIGABRT);
}

struct BadTable {
  const char* what;
  Option option;
  const char* part;
};

TEST(PluginInfoCheckTest, SaysWhatIsWrongWithAnOption) {
  const BadTable tables[] = {
      {"case", boolean_option("KeepOwn", false, "h"), "is not named in a-z"},
      {"empty name", boolean_option("", false, "h"), "has no name"},
      {"null name", boolean_option(nullptr, false, "h"), "has no name"},
      {"reserved", boolean_option("name", false, "h"), "must not be called name"},
      {"no help", boolean_option("a", false, ""), "option a: has no help"},
      {"range", integer_option("a", OptionUnit::none, 5, 9, 1, "h"), "is above the maximum"},
      {"low", integer_option("a", OptionUnit::none, 0, 1, 9, "h"), "default 0 is outside"},
      {"high", integer_option("a", OptionUnit::none, 10, 1, 9, "h"), "default 10 is outside"},
      {"no choices", choice_option("a", "", 0, "h"), "has no choices"},
      {"null choices", choice_option("a", nullptr, 0, "h"), "has no choices"},
      {"empty word", choice_option("a", "x||y", 0, "h"), "choice \"\""},
      {"twice", choice_option("a", "x|y|x", 0, "h"), "choice x stands twice"},
      {"index", choice_option("a", "x|y", 2, "h"), "beyond its 2 choices"},
      {"boolean", {"a", "h", OptionType::boolean, OptionUnit::none, 2, 0, 1, nullptr}, "neither 0"},
      {"type",
       {"a", "h", static_cast<OptionType>(9), OptionUnit::none, 0, 0, 1, nullptr},
       "type 9"},
      {"unit", integer_option("a", static_cast<OptionUnit>(9), 1, 1, 9, "h"), "unit 9"},
  };
  for (const BadTable& table : tables) {
    const Option options[] = {table.option};
    const auto refusal = info_refusal({"p", "s", options, PluginFlags::none}, "p");
    ASSERT_TRUE(refusal.has_value()) << table.what;
    EXPECT_SAYS(*refusal, table.part) << table.what;
  }
}

TEST(PluginInfoCheckTest, SaysWhatIsWrongWithTheRest) {
  const Option twice[] = {boolean_option("a", false, "h"), boolean_option("a", true, "h")};
  const auto refusal = [](const PluginInfo& info) { return info_refusal(info, "p").value_or(""); };
  EXPECT_EQ(refusal({"p", "s", no_options, PluginFlags::signal_safe}), "");
  EXPECT_SAYS(refusal({"p", "s", twice, PluginFlags::none}), "option a stands twice");
  EXPECT_SAYS(refusal({nullptr, "s", no_options, PluginFlags::none}), "declares no name");
  EXPECT_SAYS(refusal({"q", "s", no_options, PluginFlags::none}), "calls itself \"q\"");
  EXPECT_SAYS(refusal({"p", "", no_options, PluginFlags::none}), "no summary");
  EXPECT_SAYS(refusal({"p", "s", no_options, static_cast<PluginFlags>(6)}), "flags 0x6");
  OptionTable table;
  table.count = 1;
  EXPECT_SAYS(refusal({"p", "s", table, PluginFlags::none}), "is null");
  table.count = 1'000'000;
  EXPECT_SAYS(refusal({"p", "s", table, PluginFlags::none}), "at most 64");
}

}  // namespace
}  // namespace daxlab
