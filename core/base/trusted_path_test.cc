// Whose links are followed, whose folders are passed, and that what was judged is what is opened.
#include "core/base/trusted_path.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <iterator>

#include "core/base/other_user_test.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class TrustedPath : public testing::Test {
 protected:
  TrustedPath() {
    std::string pattern = testing::TempDir() + "daxlab_trusted_path_XXXXXX";
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = fs::canonical(pattern);
    fs::permissions(folder_, fs::perms(0755));
  }
  ~TrustedPath() override {
    std::error_code ignored;  // what stays is in a folder for temporary files
    fs::remove_all(folder_, ignored);
  }

  fs::path file(const std::string& name, const std::string& text = "text") const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  fs::path folder(const std::string& name) const {
    fs::create_directories(folder_ / name);
    return folder_ / name;
  }
  fs::path link(const std::string& name, const fs::path& target) const {
    fs::create_symlink(target, folder_ / name);
    return folder_ / name;
  }
  static std::string text_of(const std::string& path) {
    std::ifstream stream(path);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  // "" when there is none.
  static std::string error_at_end(const fs::path& path, EndLinks links = EndLinks::followed) {
    const auto end = PathEnd::find(path, links);
    return end.ok() ? "" : end.error().message;
  }
  static std::string distrust_of(const fs::path& path, bool allow_writable = false) {
    const auto found = find_trusted_file(path, allow_writable);
    return found.ok() ? "" : found.error().message;
  }

  fs::path folder_;
};

TEST_F(TrustedPath, ThatNothingIsThereIsNoError) {
  const auto end = PathEnd::find(folder_ / "new");
  ASSERT_TRUE(end.ok()) << end.error().message;
  EXPECT_FALSE(end.value().is_there());
  EXPECT_EQ(end.value().name(), "new");
  EXPECT_TRUE(end.value().open(O_WRONLY | O_CREAT | O_EXCL, 0600).is_open());
  EXPECT_TRUE(fs::exists(folder_ / "new"));
}

TEST_F(TrustedPath, AFolderThatIsMissingIsNamed) {
  EXPECT_EQ(error_at_end(folder_ / "no/new"), (folder_ / "no/new").string() +
                                                  ": there is no folder " +
                                                  (folder_ / "no").string() + "; make it first");
  EXPECT_THAT(error_at_end(file("f") / "new"), HasSubstr("Not a directory"));
  EXPECT_THAT(error_at_end(""), HasSubstr("name one"));
}

TEST_F(TrustedPath, OwnLinksAreFollowedToWhatIsThereAndToWhatIsNot) {
  folder("sub");
  file("sub/target");
  link("sub/second", "target");
  const fs::path first = link("first", "sub/second");
  const auto there = PathEnd::find(first);
  ASSERT_TRUE(there.ok()) << there.error().message;
  EXPECT_TRUE(there.value().is_there());
  EXPECT_EQ(there.value().name(), "target");

  const auto dangling = PathEnd::find(link("dangling", folder_ / "sub/new"));
  ASSERT_TRUE(dangling.ok()) << dangling.error().message;
  EXPECT_FALSE(dangling.value().is_there());
  EXPECT_TRUE(dangling.value().open(O_WRONLY | O_CREAT | O_EXCL, 0600).is_open());
  EXPECT_TRUE(fs::exists(folder_ / "sub/new"));
}

TEST_F(TrustedPath, WhatIsOpenedIsAtTheEnd) {
  file("target", "of the target");
  const auto end = PathEnd::find(link("link", "target"));
  ASSERT_TRUE(end.ok());
  const OwnedDescriptor opened = end.value().open(O_RDONLY);
  EXPECT_TRUE(end.value().is(opened.number()));
  EXPECT_EQ(text_of(name_of_descriptor(opened.number())), "of the target");
}

TEST_F(TrustedPath, LinksInARingAreRefused) {
  link("a", "b");
  EXPECT_THAT(error_at_end(link("b", "a")), HasSubstr("do they form a ring?"));
}

TEST_F(TrustedPath, WhereNoneIsFollowedOwnOnesAreNot) {
  file("target");
  EXPECT_THAT(error_at_end(link("link", "target"), EndLinks::refused),
              HasSubstr("none is followed here"));
  EXPECT_THAT(error_at_end(link("dangling", "nowhere"), EndLinks::refused), HasSubstr("is a link"));
  EXPECT_EQ(error_at_end(folder_ / "target", EndLinks::refused), "");
}

TEST_F(TrustedPath, ASlashAtTheEndAsksForAFolder) {
  folder("sub");
  file("plain");
  link("link", "sub");
  for (const char* name : {"sub/", "sub//", "link/"}) {
    EXPECT_EQ(error_at_end(folder_.string() + "/" + name), "") << name;
  }
  for (const char* name : {"plain/", "missing/"}) {
    EXPECT_THAT(error_at_end(folder_.string() + "/" + name), HasSubstr("ends with a slash"))
        << name;
  }
  for (const char* name : {"/", ".", "..", "/.."}) {
    const auto end = PathEnd::find(name);
    ASSERT_TRUE(end.ok()) << name << end.error().message;
    EXPECT_TRUE(S_ISDIR(end.value().status().st_mode)) << name;
  }
}

TEST_F(TrustedPath, LinksOfOthersAreRefusedWhereverTheyLead) {
  SKIP_UNLESS_ROOT();
  file("target", "stays");
  link("foreign", "target");
  link("foreign_dangling", "new");
  link("own_to_foreign", "foreign");
  give_to(stranger, folder_ / "foreign");
  give_to(stranger, folder_ / "foreign_dangling");
  for (const char* name : {"foreign", "foreign_dangling", "own_to_foreign"}) {
    const std::string error = error_at_end(folder_ / name);
    EXPECT_THAT(error,
                HasSubstr("is a link that belongs to user 54321, who is neither root nor you"))
        << name;
  }
  EXPECT_THAT(error_at_end(folder_ / "own_to_foreign"),
              HasSubstr((folder_ / "foreign").string() + ": "));
  // With a slash it is a folder's name, and the rule the same.
  folder("sub");
  link("to_folder", "sub");
  give_to(stranger, folder_ / "to_folder");
  EXPECT_THAT(error_at_end((folder_ / "to_folder").string() + "/"),
              HasSubstr("belongs to user 54321"));
  // In the middle of a path links are followed as ever.
  EXPECT_EQ(error_at_end(folder_ / "to_folder/new"), "");
}

TEST_F(TrustedPath, AUserFollowsRootsLinksAndOwnOnes) {
  SKIP_UNLESS_ROOT();
  file("target");
  const fs::path of_root = link("of_root", "target"), own = link("own", "target"),
                 of_another = link("of_another", "target");
  give_to(stranger, own);
  give_to(visitor, of_another);
  EXPECT_EQ(as_user(stranger, [&] { return error_at_end(of_root) + error_at_end(own); }), "");
  EXPECT_THAT(as_user(stranger, [&] { return error_at_end(of_another); }),
              HasSubstr("belongs to user 43210"));
}

TEST_F(TrustedPath, ALinkThatComesLaterIsNotFollowed) {
  file("precious", "precious");
  const auto end = PathEnd::find(folder_ / "new");
  ASSERT_TRUE(end.ok());
  link("new", "precious");
  EXPECT_FALSE(end.value().open(O_WRONLY | O_CREAT | O_TRUNC, 0600).is_open());
  EXPECT_EQ(errno, ELOOP);
  EXPECT_EQ(text_of(folder_ / "precious"), "precious");
}

TEST_F(TrustedPath, TheFolderThatWasFoundIsTheOneThatIsUsed) {
  folder("sub");
  const auto end = PathEnd::find(folder_ / "sub/new");
  ASSERT_TRUE(end.ok());
  fs::rename(folder_ / "sub", folder_ / "moved");
  folder("sub");
  EXPECT_TRUE(end.value().open(O_WRONLY | O_CREAT, 0600).is_open());
  EXPECT_TRUE(fs::exists(folder_ / "moved/new"));
  EXPECT_FALSE(fs::exists(folder_ / "sub/new"));
}

TEST_F(TrustedPath, ANameIsTakenAwayOnlyIfItIsStillThatOfTheFile) {
  file("name", "one");
  const auto end = PathEnd::find(folder_ / "name");
  ASSERT_TRUE(end.ok());
  const OwnedDescriptor one = end.value().open(O_RDONLY);
  fs::rename(folder_ / "name", folder_ / "moved");
  file("name", "another");
  end.value().unlink(one.number());
  EXPECT_EQ(text_of(folder_ / "name"), "another");
  fs::rename(folder_ / "moved", folder_ / "name");
  end.value().unlink(one.number());
  EXPECT_FALSE(fs::exists(folder_ / "name"));
}

TEST_F(TrustedPath, KnowsThisProcesssOwnDescriptors) {
  const OwnedDescriptor opened(open(file("f", "f's").c_str(), O_RDONLY | O_CLOEXEC));
  for (const std::string folder : {"/proc/self/fd/", "/dev/fd/"}) {
    const auto end = PathEnd::find(folder + std::to_string(opened.number()));
    ASSERT_TRUE(end.ok()) << end.error().message;
    EXPECT_EQ(end.value().own_descriptor(), opened.number());
    EXPECT_TRUE(end.value().is(opened.number()));
    EXPECT_TRUE(end.value().is(end.value().open(O_RDONLY).number())) << "it can be opened again";
  }
  const auto standard = PathEnd::find("/dev/stdout");
  ASSERT_TRUE(standard.ok()) << standard.error().message;
  EXPECT_EQ(standard.value().own_descriptor(), STDOUT_FILENO);
  EXPECT_EQ(PathEnd::find(folder_ / "f").value().own_descriptor(), -1);
  EXPECT_EQ(PathEnd::find("/proc/self/exe").value().own_descriptor(), -1);
}

TEST_F(TrustedPath, CodeMayNotLieInAFolderOfAnother) {
  SKIP_UNLESS_ROOT();
  folder("a/b");
  const fs::path code = file("a/b/code");
  EXPECT_EQ(distrust_of(code), "");
  for (const char* name : {"a", "a/b"}) {
    give_to(stranger, folder_ / name);
    const std::string why = distrust_of(code);
    EXPECT_THAT(why, HasSubstr((folder_ / name).string() + ": this folder belongs to user 54321"));
    EXPECT_EQ(distrust_of(code, true), "");
    // Sticky or not: who owns a folder may do there as he likes.
    fs::permissions(folder_ / name, fs::perms(01777));
    EXPECT_THAT(distrust_of(code), HasSubstr("belongs to user 54321"));
    fs::permissions(folder_ / name, fs::perms(0755));
    give_to(0, folder_ / name);
  }
  give_to(stranger, folder_ / "a");
  EXPECT_EQ(as_user(stranger, [&] { return distrust_of(code); }), "") << "he trusts himself";
  EXPECT_THAT(as_user(visitor, [&] { return distrust_of(code); }),
              HasSubstr("belongs to user 54321"));
}

TEST_F(TrustedPath, CodeMayNotBeReachedByALinkOfAnother) {
  SKIP_UNLESS_ROOT();
  file("code");
  const fs::path way = link("link", "code");
  EXPECT_EQ(distrust_of(way), "");
  give_to(stranger, way);
  EXPECT_THAT(distrust_of(way), HasSubstr(way.string() + ": belongs to user 54321"));
  folder("sub");
  file("sub/code");
  link("to_sub", "sub");
  give_to(stranger, folder_ / "to_sub");
  EXPECT_THAT(distrust_of(folder_ / "to_sub/code"), HasSubstr("to_sub: belongs to user 54321"));
}

TEST_F(TrustedPath, WhatWasJudgedIsOpenedWhateverItsNameLeadsTo) {
  file("code", "trusted");
  file("other", "foreign");
  link("link", "code");
  auto found = find_trusted_file(folder_ / "link", false);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found.value().path, folder_ / "code");
  fs::rename(folder_ / "other", folder_ / "code");
  EXPECT_EQ(text_of(name_of_descriptor(found.value().descriptor.number())), "trusted");
}

TEST_F(TrustedPath, DotsAreFoldersOfTheWayThatWasGone) {
  folder("a/b");
  file("code", "trusted");
  link("a/link", "b");
  auto found = find_trusted_file(folder_ / "a/./link/../../code", false);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found.value().path, folder_ / "code");
  EXPECT_THAT(distrust_of(folder_ / "code/below"), HasSubstr("Not a directory"));
  EXPECT_EQ(distrust_of("/.."), "");
}

}  // namespace
}  // namespace daxlab
