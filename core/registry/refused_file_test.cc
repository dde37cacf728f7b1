// Files that are refused before any of their code has run: each with its own message.
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <random>

#include "core/registry/examined_plugin.h"
#include "core/registry/expect_says.h"
#include "core/registry/plugin_workshop.h"
#include "core/registry/refusal_test.h"
#include "core/registry/registry.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;

class RefusedFileTest : public testing::Test {
 protected:
  fs::path good(const std::string& file = "fault/good.so") const {
    return workshop_.build(
        file, PluginWorkshop::source_of(PluginKind::fault, "good", PluginWorkshop::with_marker()));
  }

  // The message; the test fails when the plugin is found after all or when any of its code ran.
  std::string refusal(PluginKind kind = PluginKind::fault, const std::string& name = "good",
                      bool allow_writable = false) const {
    const std::string message =
        refusal_of(SearchPath{{workshop_.folder()}, allow_writable}, kind, name);
    EXPECT_FALSE(workshop_.code_has_run());
    EXPECT_EQ(message.find('\n'), std::string::npos);
    return message;
  }

  // Puts `change` over the bytes at `offset` of a good plugin.
  void patch(size_t offset, const std::vector<char>& change) const {
    std::vector<char> bytes = read_bytes(good());
    ASSERT_LE(offset + change.size(), bytes.size());
    std::copy(change.begin(), change.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
    write_bytes(workshop_.folder() / "fault/good.so", bytes);
  }

  PluginWorkshop workshop_;
};

TEST_F(RefusedFileTest, NotThere) {
  good();
  workshop_.build("hazards/god.so", PluginWorkshop::source_of(PluginKind::write, "god"));
  const std::string message = refusal(PluginKind::fault, "goood");
  EXPECT_SAYS(message, "no fault plugin is called goood, the nearest is good");
  EXPECT_SAYS(message, "searched " + workshop_.folder().string());
  EXPECT_SAYS(refusal(PluginKind::write, "good"), "the nearest is god;");
}

// What instrumented objects call is enough: the runtime is not needed to see it.
TEST_F(RefusedFileTest, ASanitizerWhoseRuntimeIsNotHereIsToldWithWhatToDo) {
  const std::pair<const char*, const char*> sanitizers[] = {
      {"__asan_init", "LD_PRELOAD=$(gcc -print-file-name=libasan.so)"},
      {"__tsan_init", "cmake --preset tsan"}};
  for (const auto& [entry, advice] : sanitizers) {
    if (dlsym(RTLD_DEFAULT, entry) != nullptr) continue;  // this test is built with it
    workshop_.build(
        "fault/good.so",
        PluginWorkshop::source_of(PluginKind::fault, "good", PluginWorkshop::with_marker()) +
            "\nextern const char called[];\nextern const char called[] = \"" + entry + "\";\n");
    EXPECT_SAYS(refusal(), advice);
  }
}

TEST_F(RefusedFileTest, SearchedFolderNotThere) {
  Registry plugins(SearchPath{{workshop_.folder() / "nowhere"}, false});
  const auto found = plugins.find(PluginKind::alloc, "any");
  ASSERT_FALSE(found.ok());
  EXPECT_SAYS(found.error().message, "nowhere (not there)");
}

TEST_F(RefusedFileTest, ANameIsNotAPath) {
  good();
  EXPECT_SAYS(refusal(PluginKind::fault, "../fault/good"), "not paths");
  EXPECT_SAYS(refusal(PluginKind::fault, ""), "names are of a-z");
}

TEST_F(RefusedFileTest, AFolder) {
  fs::create_directories(workshop_.folder() / "fault/good.so");
  EXPECT_SAYS(refusal(), "is a folder");
}

TEST_F(RefusedFileTest, APipeIsNotWaitedFor) {
  fs::create_directories(workshop_.folder() / "fault");
  ASSERT_EQ(mkfifo((workshop_.folder() / "fault/good.so").c_str(), 0600), 0);
  EXPECT_SAYS(refusal(), "is a device, pipe or socket");
}

TEST_F(RefusedFileTest, ALinkThatLeadsNowhereOrRoundInARing) {
  fs::create_directories(workshop_.folder() / "fault");
  fs::create_symlink("missing.so", workshop_.folder() / "fault/good.so");
  EXPECT_SAYS(refusal(), "missing.so: No such file");
  fs::remove(workshop_.folder() / "fault/good.so");
  fs::create_symlink("good.so", workshop_.folder() / "fault/good.so");
  EXPECT_SAYS(refusal(), "symbolic links");
}

TEST_F(RefusedFileTest, Empty) {
  write_bytes(workshop_.folder() / "fault/good.so", {});
  EXPECT_SAYS(refusal(), "is empty");
}

TEST_F(RefusedFileTest, NotElf) {
  const std::string text = "#!/bin/sh\nexit 0\n";
  write_bytes(workshop_.folder() / "fault/good.so", {text.begin(), text.end()});
  EXPECT_SAYS(refusal(), "is not an ELF file");
}

TEST_F(RefusedFileTest, OfThirtyTwoBits) {
  patch(EI_CLASS, {ELFCLASS32});
  EXPECT_SAYS(refusal(), "is a 32-bit object");
}

TEST_F(RefusedFileTest, BigEndian) {
  patch(EI_DATA, {ELFDATA2MSB});
  EXPECT_SAYS(refusal(), "is big-endian");
}

TEST_F(RefusedFileTest, ForAnotherArchitecture) {
  const bool host_is_arm = EM_AARCH64 == [] {
#if defined(__aarch64__)
    return EM_AARCH64;
#else
    return EM_X86_64;
#endif
  }();
  const int other = host_is_arm ? EM_X86_64 : EM_AARCH64;
  patch(offsetof(Elf64_Ehdr, e_machine), {static_cast<char>(other), static_cast<char>(other >> 8)});
  EXPECT_SAYS(refusal(), host_is_arm ? "is for x86-64" : "is for AArch64");
}

TEST_F(RefusedFileTest, AnObjectFile) {
  workshop_.build("fault/good.so", PluginWorkshop::source_of(PluginKind::fault, "good"),
                  {"-c", "-fPIC"});
  EXPECT_SAYS(refusal(), "is an object file");
}

TEST_F(RefusedFileTest, AnExecutable) {
  workshop_.build("fault/good.so", "int main() {}", {"-pie", "-fPIE"});
  EXPECT_SAYS(refusal(), "is an executable (PIE)");
  workshop_.build("fault/good.so", "int main() {}", {"-no-pie", "-fno-pie"});
  EXPECT_SAYS(refusal(), "is an executable, not");
}

TEST_F(RefusedFileTest, TruncatedAnywhere) {
  const std::vector<char> whole = read_bytes(good());
  for (const size_t length : {size_t{4}, size_t{15}, size_t{16}, size_t{63}, size_t{64},
                              size_t{500}, size_t{4096}, whole.size() / 2, whole.size() - 1}) {
    write_bytes(workshop_.folder() / "fault/good.so",
                {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)});
    EXPECT_SAYS(refusal(), "is truncated") << length;
  }
}

TEST_F(RefusedFileTest, WithoutSections) {
  patch(offsetof(Elf64_Ehdr, e_shnum), {0, 0});
  EXPECT_SAYS(refusal(), "has no table of sections");
}

TEST_F(RefusedFileTest, AnOrdinaryLibrary) {
  workshop_.build("fault/good.so", PluginWorkshop::with_marker() + "int visible() { return 1; }",
                  {"-shared", "-fPIC"});
  EXPECT_SAYS(refusal(), "is a shared library but no plugin");
}

TEST_F(RefusedFileTest, APluginWhoseSymbolIsHidden) {
  workshop_.build("fault/good.so",
                  "extern \"C\" const int daxlab_fault_abi1; const int daxlab_fault_abi1 = 1;");
  EXPECT_SAYS(refusal(), "is a shared library but no plugin");
}

TEST_F(RefusedFileTest, TwoPluginSymbols) {
  workshop_.build("fault/good.so",
                  PluginWorkshop::with_marker() +
                      "extern \"C\" __attribute__((visibility(\"default\"))) const int "
                      "daxlab_fault_abi1 = 1, daxlab_write_abi2 = 2;");
  EXPECT_SAYS(refusal(), "exports 2 plugin symbols");
}

TEST_F(RefusedFileTest, OfAnotherKind) {
  for (const char* place : {"fault/good.so", "hazards/good.so", "good.so"}) {
    const fs::path file = workshop_.build(
        place, PluginWorkshop::source_of(PluginKind::write, "good", PluginWorkshop::with_marker()));
    EXPECT_SAYS(refusal(), file.string() + ": is a write plugin, not a fault plugin") << place;
    fs::remove(file);
  }
}

TEST_F(RefusedFileTest, OfAnotherAbi) {
  std::string source =
      PluginWorkshop::source_of(PluginKind::fault, "good", PluginWorkshop::with_marker());
  source.insert(source.find('\n') + 1, "#define daxlab_fault_abi1 daxlab_fault_abi2\n");
  workshop_.build("fault/good.so", source);
  EXPECT_SAYS(refusal(), "wrong fault plugin ABI: got 2, want 1");
}

// Built before allocators could keep a reserve.
TEST_F(RefusedFileTest, AnAllocatorOfAnOlderAbi) {
  std::string source =
      PluginWorkshop::source_of(PluginKind::alloc, "good", PluginWorkshop::with_marker());
  source.insert(source.find('\n') + 1, "#define daxlab_alloc_abi2 daxlab_alloc_abi1\n");
  const fs::path file = workshop_.build("alloc/good.so", source);
  EXPECT_SAYS(refusal(PluginKind::alloc),
              file.string() +
                  ": wrong alloc plugin ABI: got 1, want 2; build it against the headers of this "
                  "daxlab");
}

// Built before write strategies were asked for their longest write.
TEST_F(RefusedFileTest, OfAnOlderAbi) {
  std::string source =
      PluginWorkshop::source_of(PluginKind::write, "good", PluginWorkshop::with_marker());
  source.insert(source.find('\n') + 1, "#define daxlab_write_abi2 daxlab_write_abi1\n");
  workshop_.build("write/good.so", source);
  EXPECT_SAYS(refusal(PluginKind::write), "wrong write plugin ABI: got 1, want 2");
}

TEST_F(RefusedFileTest, WritableByOthers) {
  const fs::path file = good();
  fs::permissions(file, fs::perms::others_write, fs::perm_options::add);
  EXPECT_SAYS(refusal(), "others may write to this file");
  fs::permissions(file, fs::perms::others_write, fs::perm_options::remove);

  const fs::path folder = workshop_.folder();
  fs::permissions(folder, fs::perms::others_write, fs::perm_options::add);
  EXPECT_SAYS(refusal(), folder.string() + ": others may write to this folder");

  Registry daring(SearchPath{{folder}, true});
  EXPECT_TRUE(daring.find(PluginKind::fault, "good").ok());
  fs::permissions(folder, fs::perms::sticky_bit, fs::perm_options::add);
  Registry plugins(SearchPath{{folder}, false});
  const auto found = plugins.find(PluginKind::fault, "good");
  EXPECT_TRUE(found.ok()) << found.error().message;
}

TEST_F(RefusedFileTest, ALinkThroughAFolderThatOthersMayWriteTo) {
  const fs::path file = good("real/good.so");
  const fs::path open_folder = workshop_.folder() / "open";
  fs::create_directories(open_folder);
  fs::create_directories(workshop_.folder() / "fault");
  fs::create_symlink(file, open_folder / "link.so");
  fs::create_symlink(open_folder / "link.so", workshop_.folder() / "fault/good.so");
  fs::permissions(open_folder, fs::perms::others_write, fs::perm_options::add);
  EXPECT_SAYS(refusal(), open_folder.string() + ": others may write to this folder");
}

TEST_F(RefusedFileTest, AGroupMayWriteUnlessItIsTheOwnersOwn) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file to any group";
  const fs::path file = good();
  fs::permissions(file, fs::perms::group_write, fs::perm_options::add);
  ASSERT_EQ(chown(file.c_str(), 0, 54321), 0);
  EXPECT_SAYS(refusal(), "others may write to this file");
}

TEST_F(RefusedFileTest, OfAnotherOwner) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  ASSERT_EQ(chown(good().c_str(), 54321, 0), 0);
  EXPECT_SAYS(refusal(), "belongs to user 54321");
}

// Headers are believed by the reader of symbols, so every lie must be caught before it, or be
// harmless.
TEST_F(RefusedFileTest, DamagedHeadersNeverHarmTheCaller) {
  const std::vector<char> whole = read_bytes(good());
  const fs::path file = workshop_.folder() / "fault/good.so";
  Elf64_Ehdr header;
  std::memcpy(&header, whole.data(), sizeof(header));
  const size_t sections = header.e_shoff, sections_end = whole.size();
  const size_t segments_end = header.e_phoff + header.e_phnum * sizeof(Elf64_Phdr);
  std::mt19937 random(1);
  const auto below = [&](size_t limit) {
    return std::uniform_int_distribution<size_t>(0, limit - 1)(random);
  };
  const std::vector<char> interesting = {0, 1, 2, 8, 0x7f, -128, -1};
  size_t refused = 0;
  for (int round = 0; round < 500; ++round) {
    std::vector<char> bytes = whole;
    for (size_t flips = 1 + below(4); flips > 0; --flips) {
      const size_t offset =
          below(2) == 0 ? 4 + below(segments_end - 4) : sections + below(sections_end - sections);
      bytes[offset] = interesting[below(interesting.size())];
    }
    write_bytes(file, bytes);
    const auto examined = examine_plugin(file, false);
    if (!examined.ok()) {
      ++refused;
      EXPECT_FALSE(examined.error().message.empty());
    } else {
      EXPECT_EQ(examined.value().symbol.name(), "daxlab_fault_abi1");
    }
  }
  EXPECT_GT(refused, 100u);
  EXPECT_FALSE(workshop_.code_has_run());
}

}  // namespace
}  // namespace daxlab
