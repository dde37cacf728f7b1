// What was judged is what is described and loaded, whatever its name leads to by then; and the
// dynamic linker, which knows objects by name, mixes nothing up.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "core/base/other_user_test.h"
#include "core/registry/examined_plugin.h"
#include "core/registry/expect_says.h"
#include "core/registry/loaded_plugin.h"
#include "core/registry/plugin_workshop.h"
#include "core/registry/probe.h"
#include "core/registry/registry.h"
#include "core/registry/shared_object.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

class LoadedByDescriptor : public testing::Test {
 protected:
  fs::path good(const std::string& file, const std::string& before = "") const {
    return workshop_.build(file, PluginWorkshop::source_of(PluginKind::fault, "good", before));
  }
  ExaminedPlugin examined(const fs::path& file) const {
    auto seen = examine_plugin(file, false);
    EXPECT_TRUE(seen.ok()) << seen.error().message;
    return seen.take();
  }
  static ErrorOr<OpenObject> open(const ExaminedPlugin& plugin) {
    return open_shared_object(plugin.file, plugin.symbol.name());
  }
  // The file that a symbol of this process is from, as a backtrace has it.
  static std::string file_of(const void* symbol) {
    Dl_info info{};
    return dladdr(symbol, &info) != 0 ? info.dli_fname : "";
  }
  static std::string loading(const PluginDescription& description) {
    CallLog log;
    const auto loaded = LoadedPlugin::load(description, log);
    return loaded.ok() ? "" : loaded.error().message;
  }

  PluginWorkshop workshop_;
};

TEST_F(LoadedByDescriptor, AnExchangeAfterTheLookChangesNothing) {
  const fs::path file = good("fault/good.so");
  const fs::path other = good("other.so", PluginWorkshop::with_marker());
  const ExaminedPlugin plugin = examined(file);
  fs::rename(other, file);
  const auto described = probe_plugin(plugin, "good", seconds(60));
  ASSERT_TRUE(described.ok()) << described.error().message;
  EXPECT_EQ(described.value().path, file);
  const auto opened = open(plugin);
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  EXPECT_FALSE(workshop_.code_has_run());
}

TEST_F(LoadedByDescriptor, AFileThatIsGoneIsStillTheOneThatWasJudged) {
  const fs::path file = good("fault/good.so");
  const ExaminedPlugin plugin = examined(file);
  fs::remove(file);
  const auto opened = open(plugin);
  ASSERT_TRUE(opened.ok()) << opened.error().message;
}

// A hash that is no secret proves nothing: the same bytes of another user are not loaded.
TEST_F(LoadedByDescriptor, OwnersAreJudgedAgainAtLoad) {
  SKIP_UNLESS_ROOT();
  const fs::path file = good("fault/good.so");
  Registry plugins(SearchPath{{workshop_.folder()}, false});
  Registry daring(SearchPath{{workshop_.folder()}, true});
  const auto found = plugins.find(PluginKind::fault, "good");
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(loading(found.value()), "");
  give_to(stranger, file);
  EXPECT_SAYS(loading(found.value()), file.string() + ": belongs to user 54321");
  const auto dared = daring.find(PluginKind::fault, "good");
  ASSERT_TRUE(dared.ok()) << dared.error().message;
  EXPECT_EQ(loading(dared.value()), "") << "as it was asked for";
  give_to(0, file);
  give_to(stranger, workshop_.folder() / "fault");
  EXPECT_SAYS(loading(found.value()), "this folder belongs to user 54321");
}

TEST_F(LoadedByDescriptor, BacktracesNameThePath) {
  const fs::path file = good("fault/good.so");
  const auto first = open(examined(file));
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_EQ(file_of(first.value().symbol), file.string());
  const void* const known = dlopen(file.c_str(), RTLD_NOLOAD | RTLD_LAZY);
  EXPECT_NE(known, nullptr) << "by its path, too";
}

TEST_F(LoadedByDescriptor, AFileIsLoadedOnceAndStaysAsLongAsAnyCopy) {
  const fs::path file = good("fault/good.so");
  auto first = open(examined(file));
  auto second = open(examined(file));
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first.value().symbol, second.value().symbol);
  first.value() = OpenObject{};
  EXPECT_NE(file_of(second.value().symbol), "");
  const void* const symbol = second.value().symbol;
  second.value() = OpenObject{};
  EXPECT_EQ(file_of(symbol), "") << "unloaded";
  const auto third = open(examined(file));
  ASSERT_TRUE(third.ok()) << third.error().message;
  EXPECT_EQ(file_of(third.value().symbol), file.string());
}

// Each has the lowest free number, so the second comes by the name that the first had.
TEST_F(LoadedByDescriptor, AnObjectThatCannotBeUnloadedIsNotTakenForTheNext) {
  std::vector<std::string> flags = PluginWorkshop::shared_flags();
  flags.push_back("-Wl,-z,nodelete");
  std::vector<const void*> symbols;
  for (const std::string name : {"one", "two", "three"}) {
    const fs::path file = workshop_.build(
        "fault/" + name + ".so", PluginWorkshop::source_of(PluginKind::fault, name), flags);
    const auto opened = open(examined(file));
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    symbols.push_back(opened.value().symbol);
    EXPECT_EQ(static_cast<const FaultPlugin*>(symbols.back())->info.name, name);
  }
  EXPECT_STREQ(static_cast<const FaultPlugin*>(symbols[0])->info.name, "one") << "is still there";
}

TEST_F(LoadedByDescriptor, MessagesNameThePathAndNoDescriptor) {
  const fs::path file = workshop_.build(
      "fault/good.so",
      PluginWorkshop::source_of(
          PluginKind::fault, "good",
          "extern \"C\" void nobody_has_this(); __attribute__((visibility(\"default\"))) void "
          "use() { nobody_has_this(); }"));
  Registry plugins(SearchPath{{workshop_.folder()}, false});
  const auto found = plugins.find(PluginKind::fault, "good");
  ASSERT_FALSE(found.ok());
  const std::string& message = found.error().message;
  EXPECT_SAYS(message, file.string() + ": the dynamic linker refuses it (" + file.string() + ": ");
  EXPECT_EQ(message.find("/proc/"), std::string::npos) << message;
}

// An object that is opened by descriptor lies in no folder.
TEST_F(LoadedByDescriptor, ARunPathFromItsOwnFolderIsNamedAsTheReason) {
  workshop_.build("fault/libneeded.so", "void needed() {}", {"-shared", "-fPIC"});
  const std::string source = PluginWorkshop::source_of(PluginKind::fault, "good",
                                                       "void needed(); void (*keep)() = needed;");
  const auto build = [&](const std::string& run_path) {
    std::vector<std::string> flags = PluginWorkshop::shared_flags();
    const std::string needed = (workshop_.folder() / "fault").string();
    flags.insert(flags.end(), {"-L" + needed, "-Wl,--no-as-needed", "-lneeded", run_path});
    return workshop_.build("fault/good.so", source, flags);
  };
  build("-Wl,-rpath,$ORIGIN");
  Registry plugins(SearchPath{{workshop_.folder()}, false});
  const auto found = plugins.find(PluginKind::fault, "good");
  ASSERT_FALSE(found.ok());
  EXPECT_SAYS(found.error().message, "its run path names $ORIGIN, which a plugin has not");
  build("-Wl,-rpath," + (workshop_.folder() / "fault").string());
  Registry again(SearchPath{{workshop_.folder()}, false});
  EXPECT_TRUE(again.find(PluginKind::fault, "good").ok());
}

TEST_F(LoadedByDescriptor, ADescribedPluginKeepsNoDescriptor) {
  good("fault/good.so");
  const auto descriptors = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  const auto before = descriptors();
  Registry plugins(SearchPath{{workshop_.folder()}, false});
  const auto found = plugins.find(PluginKind::fault, "good");
  ASSERT_TRUE(found.ok()) << found.error().message;
  CallLog log;
  const auto loaded = LoadedPlugin::load(found.value(), log);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(descriptors(), before);
}

}  // namespace
}  // namespace daxlab
