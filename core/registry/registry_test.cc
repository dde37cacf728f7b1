// Finding, describing and loading plugins that are as they should be.
#include "core/registry/registry.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "core/registry/loaded_plugin.h"
#include "core/registry/plugin_workshop.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;

class RegistryTest : public testing::Test {
 protected:
  Registry registry() const { return Registry(SearchPath{{workshop_.folder()}, false}); }

  PluginWorkshop workshop_;
};

TEST_F(RegistryTest, DescribesAPluginWithoutRunningItHere) {
  const fs::path file =
      workshop_.build("fault/good.so", PluginWorkshop::source_of(PluginKind::fault, "good"));
  Registry plugins = registry();
  const auto found = plugins.find(PluginKind::fault, "good");
  ASSERT_TRUE(found.ok()) << found.error().message;
  const PluginDescription& good = found.value();
  EXPECT_EQ(good.kind, PluginKind::fault);
  EXPECT_EQ(good.name, "good");
  EXPECT_EQ(good.summary, "made for a test");
  EXPECT_EQ(good.path, file);
  EXPECT_EQ(good.abi, 1u);
  EXPECT_FALSE(good.signal_safe);
  EXPECT_FALSE(good.hazard);
  EXPECT_EQ(good.content_hash.size(), 16u);
  ASSERT_EQ(good.options.size(), 3u);
  EXPECT_EQ(good.options[0].name, "around");
  EXPECT_EQ(good.options[0].type, OptionType::integer);
  EXPECT_EQ(good.options[0].unit, OptionUnit::pages);
  EXPECT_EQ(good.options[0].minimum, 1u);
  EXPECT_EQ(good.options[0].maximum, 512u);
  EXPECT_EQ(good.options[1].type, OptionType::boolean);
  EXPECT_EQ(good.options[1].help, "spares the second fault");
  EXPECT_EQ(good.options[2].default_value, 1u);
  EXPECT_EQ(good.options[2].choices, (std::vector<std::string>{"own", "kernel"}));
}

TEST_F(RegistryTest, LoadsEachKind) {
  for (const PluginKind kind : plugin_kinds) {
    workshop_.build(std::string(name_of(kind)) + "/good.so",
                    PluginWorkshop::source_of(kind, "good"));
    Registry plugins = registry();
    const auto found = plugins.find(kind, "good");
    ASSERT_TRUE(found.ok()) << found.error().message;
    CallLog log;
    const auto loaded = LoadedPlugin::load(found.value(), log);
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    EXPECT_EQ(loaded.value().fault() != nullptr, kind == PluginKind::fault);
    EXPECT_EQ(loaded.value().write() != nullptr, kind == PluginKind::write);
    EXPECT_EQ(loaded.value().alloc() != nullptr, kind == PluginKind::alloc);
    EXPECT_EQ(found.value().signal_safe, kind == PluginKind::alloc);
    EXPECT_EQ(log.culprit(), PluginCallback::none);
  }
}

// Clang's in a host of GCC, GCC's in a host of Clang.
TEST_F(RegistryTest, LoadsEachKindBuiltByTheOtherCompiler) {
#ifdef __clang__
  const std::string other = "g++";
#else
  const std::string other = "clang++";
#endif
  if (std::system((other + " --version >/dev/null 2>&1").c_str()) != 0) {
    GTEST_SKIP() << other << " is not there (Debian: g++ and clang)";
  }
  for (const PluginKind kind : plugin_kinds) {
    workshop_.build(std::string(name_of(kind)) + "/good.so",
                    PluginWorkshop::source_of(kind, "good"), PluginWorkshop::shared_flags(),
                    PluginWorkshop::sdk(), other);
    Registry plugins = registry();
    const auto found = plugins.find(kind, "good");
    ASSERT_TRUE(found.ok()) << found.error().message;
    CallLog log;
    const auto loaded = LoadedPlugin::load(found.value(), log);
    EXPECT_TRUE(loaded.ok()) << loaded.error().message;
  }
}

TEST_F(RegistryTest, LoadsAStrippedPlugin) {
  const fs::path file =
      workshop_.build("write/good.so", PluginWorkshop::source_of(PluginKind::write, "good"));
  const size_t before = fs::file_size(file);
  run_program({"strip", "--strip-all", file.string()});
  ASSERT_LT(fs::file_size(file), before);
  Registry plugins = registry();
  const auto found = plugins.find(PluginKind::write, "good");
  ASSERT_TRUE(found.ok()) << found.error().message;
  CallLog log;
  EXPECT_TRUE(LoadedPlugin::load(found.value(), log).ok());
}

TEST_F(RegistryTest, ConstructorsRunInTheChildAndThenAtLoad) {
  workshop_.build("fault/good.so", PluginWorkshop::source_of(PluginKind::fault, "good",
                                                             PluginWorkshop::with_marker()));
  Registry plugins = registry();
  const auto found = plugins.find(PluginKind::fault, "good");
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_TRUE(workshop_.code_has_run());
  workshop_.forget_marker();
  ASSERT_TRUE(plugins.find(PluginKind::fault, "good").ok());
  EXPECT_FALSE(workshop_.code_has_run()) << "probed twice";
  CallLog log;
  ASSERT_TRUE(LoadedPlugin::load(found.value(), log).ok());
  EXPECT_TRUE(workshop_.code_has_run());
}

TEST_F(RegistryTest, TheLogNamesTheLoaderWhileConstructorsRun) {
  workshop_.build("fault/good.so",
                  PluginWorkshop::source_of(
                      PluginKind::fault, "good",
                      PluginWorkshop::at_load("if (getenv(\"DAXLAB_TEST_ABORT\")) abort();")));
  Registry plugins = registry();
  const auto found = plugins.find(PluginKind::fault, "good");
  ASSERT_TRUE(found.ok()) << found.error().message;
  static CallLog log;
  setenv("DAXLAB_TEST_ABORT", "1", 1);
  EXPECT_EXIT(
      {
        signal(SIGABRT, [](int) { _exit(log.culprit() == PluginCallback::load_fault ? 77 : 1); });
        (void)LoadedPlugin::load(found.value(), log);
      },
      testing::ExitedWithCode(77), "");
  unsetenv("DAXLAB_TEST_ABORT");
}

TEST_F(RegistryTest, FilesOfTheSameNameThatAreNotUsedAreNamed) {
  const std::string source = PluginWorkshop::source_of(PluginKind::write, "good");
  const fs::path used = workshop_.build("a/write/good.so", source);
  const fs::path hidden = workshop_.build("b/hazards/good.so", source);
  workshop_.build("b/fault/good.so", PluginWorkshop::source_of(PluginKind::fault, "good"));
  write_bytes(workshop_.folder() / "b/good.so", {});  // broken, so nobody could have used it
  fs::create_directory_symlink("a", workshop_.folder() / "c");
  const fs::path folder = workshop_.folder();
  Registry plugins(SearchPath{{folder / "a", folder / "b", folder / "c", folder / "a"}, false});
  const auto found = plugins.find(PluginKind::write, "good");
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found.value().path, used);
  EXPECT_EQ(found.value().not_used, std::vector<fs::path>{hidden});
  const Registry::Listing listing = plugins.list();
  ASSERT_EQ(listing.plugins.size(), 2u);
  EXPECT_EQ(listing.plugins[0].not_used, std::vector<fs::path>());
  EXPECT_EQ(listing.plugins[1].not_used, std::vector<fs::path>{hidden});
}

TEST_F(RegistryTest, PrecedenceIsFolderThenKindThenHazardsThenFlat) {
  const std::string source = PluginWorkshop::source_of(PluginKind::write, "good");
  workshop_.build("b/good.so", source);
  workshop_.build("b/hazards/good.so", source);
  workshop_.build("b/write/good.so", source);
  workshop_.build("a/good.so", source);
  const fs::path a = workshop_.folder() / "a", b = workshop_.folder() / "b";
  const auto path_now = [&] {
    Registry plugins(SearchPath{{a, b}, false});
    const auto found = plugins.find(PluginKind::write, "good");
    EXPECT_EQ(plugins.list().plugins.size(), 1u);
    return found.ok() ? found.value().path : fs::path(found.error().message);
  };
  EXPECT_EQ(path_now(), a / "good.so");
  fs::remove(a / "good.so");
  EXPECT_EQ(path_now(), b / "write/good.so");
  fs::remove(b / "write/good.so");
  EXPECT_EQ(path_now(), b / "hazards/good.so");
  fs::remove(b / "hazards/good.so");
  EXPECT_EQ(path_now(), b / "good.so");
}

TEST_F(RegistryTest, AHazardIsOneByItsFolder) {
  workshop_.build("hazards/bad_idea.so", PluginWorkshop::source_of(PluginKind::write, "bad_idea"));
  Registry plugins = registry();
  const auto found = plugins.find(PluginKind::write, "bad_idea");
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_TRUE(found.value().hazard);
}

TEST_F(RegistryTest, AnotherKindOfThatNameDoesNotHideTheOneAskedFor) {
  workshop_.build("a/same.so", PluginWorkshop::source_of(PluginKind::write, "same"));
  const fs::path wanted =
      workshop_.build("b/same.so", PluginWorkshop::source_of(PluginKind::alloc, "same"));
  Registry plugins(SearchPath{{workshop_.folder() / "a", workshop_.folder() / "b"}, false});
  const auto found = plugins.find(PluginKind::alloc, "same");
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found.value().path, wanted);
}

TEST_F(RegistryTest, ListsTheGoodByKindAndNameAndTheRefusedWithWhy) {
  workshop_.build("write/b.so", PluginWorkshop::source_of(PluginKind::write, "b"));
  workshop_.build("write/a.so", PluginWorkshop::source_of(PluginKind::write, "a"));
  workshop_.build("fault/c.so", PluginWorkshop::source_of(PluginKind::fault, "c"));
  workshop_.build("fault/stray.so", PluginWorkshop::source_of(PluginKind::write, "stray"));
  write_bytes(workshop_.folder() / "alloc/text.so", {'h', 'e', 'l', 'l', 'o'});
  write_bytes(workshop_.folder() / "alloc/notes.txt", {'h', 'e', 'l', 'l', 'o'});
  const Registry::Listing listing = registry().list();
  std::vector<std::string> names;
  for (const PluginDescription& plugin : listing.plugins) names.push_back(plugin.name);
  EXPECT_EQ(names, (std::vector<std::string>{"c", "a", "b"}));
  ASSERT_EQ(listing.refused.size(), 2u);
  EXPECT_NE(listing.refused[0].message.find("is a write plugin"), std::string::npos);
  EXPECT_NE(listing.refused[1].message.find("is not an ELF file"), std::string::npos);
}

TEST_F(RegistryTest, AFileThatChangedAfterItWasDescribedIsNotLoaded) {
  workshop_.build("fault/good.so", PluginWorkshop::source_of(PluginKind::fault, "good"));
  Registry plugins = registry();
  const auto found = plugins.find(PluginKind::fault, "good");
  ASSERT_TRUE(found.ok()) << found.error().message;
  workshop_.build("fault/good.so", PluginWorkshop::source_of(PluginKind::fault, "good",
                                                             PluginWorkshop::with_marker()));
  CallLog log;
  const auto loaded = LoadedPlugin::load(found.value(), log);
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.error().message.find("has changed since it was described"), std::string::npos);
  EXPECT_FALSE(workshop_.code_has_run());
}

TEST_F(RegistryTest, FollowsALinkToAFileOfAnotherName) {
  const fs::path real = workshop_.build("elsewhere/good-1.2.so",
                                        PluginWorkshop::source_of(PluginKind::fault, "good"));
  fs::create_directories(workshop_.folder() / "fault");
  fs::create_symlink("../elsewhere/good-1.2.so", workshop_.folder() / "fault/good.so");
  Registry plugins = registry();
  const auto found = plugins.find(PluginKind::fault, "good");
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found.value().path, real);
}

TEST_F(RegistryTest, AFolderMayBeGivenFromHere) {
  const fs::path file =
      workshop_.build("fault/good.so", PluginWorkshop::source_of(PluginKind::fault, "good"));
  const fs::path before = fs::current_path();
  fs::current_path(workshop_.folder().parent_path());
  Registry plugins(SearchPath{{workshop_.folder().filename()}, false});
  fs::current_path(before);
  const auto found = plugins.find(PluginKind::fault, "good");
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found.value().path, file);
}

}  // namespace
}  // namespace daxlab
