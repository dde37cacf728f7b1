#include "harness/run/output_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "core/base/other_user_test.h"
#include "core/region/superblock.h"
#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class OutputFileTest : public testing::Test {
 protected:
  OutputFileTest() : folder_(ScratchFolder::make(testing::TempDir()).take()) {}
  size_t files() const {
    return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder_.path()),
                                             std::filesystem::directory_iterator()));
  }
  ScratchFolder folder_;
};

TEST_F(OutputFileTest, AppearsWithCommitOnly) {
  const auto path = folder_.path() / "out.json";
  std::ofstream(path) << "old";
  auto file = OutputFile::prepare(path);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(text_of(path), "old");
  ASSERT_TRUE(file.value().commit("new").ok());
  EXPECT_EQ(text_of(path), "new");
  EXPECT_EQ(files(), 1u);
  struct stat facts {};
  ASSERT_EQ(stat(path.c_str(), &facts), 0);
  const mode_t mask = umask(0);
  umask(mask);
  EXPECT_EQ(facts.st_mode & 0777, 0666 & ~mask);
}

TEST_F(OutputFileTest, LeavesNothingWithoutCommit) {
  { ASSERT_TRUE(OutputFile::prepare(folder_.path() / "out.json").ok()); }
  EXPECT_EQ(files(), 0u);
}

TEST_F(OutputFileTest, RefusesAFolderThatIsNotThereAndAFolder) {
  const auto missing = OutputFile::prepare(folder_.path() / "no" / "out.json");
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().message.find("there is no folder"), std::string::npos);
  const auto folder = OutputFile::prepare(folder_.path());
  ASSERT_FALSE(folder.ok());
  EXPECT_NE(folder.error().message.find("is a folder"), std::string::npos);
}

TEST_F(OutputFileTest, ReplacesNoDeviceAndNoRegion) {
  auto error_of = [](const std::filesystem::path& path) {
    auto file = OutputFile::prepare(path);
    return file.ok() ? "no error" : file.error().message;
  };
  EXPECT_EQ(error_of("/dev/full"), "/dev/full: is a device, pipe or socket; name a plain file");
  const auto region = folder_.path() / "region";
  const Superblock superblock = make_superblock(16);
  std::ofstream(region).write(reinterpret_cast<const char*>(&superblock), sizeof superblock);
  EXPECT_EQ(error_of(region), region.string() +
                                  ": holds a daxlab region, which the results would "
                                  "replace; name another file");
}

TEST_F(OutputFileTest, FollowsALink) {
  const auto link = folder_.path() / "link", target = folder_.path() / "target";
  std::ofstream(target) << "old";
  std::filesystem::create_symlink("target", link);
  ASSERT_TRUE(OutputFile::prepare(link).take().commit("new").ok());
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(text_of(target), "new");
}

TEST_F(OutputFileTest, FollowsALinkToWhatIsNotThereYet) {
  const auto link = folder_.path() / "link", target = folder_.path() / "target";
  std::filesystem::create_symlink(target, link);
  ASSERT_TRUE(OutputFile::prepare(link).take().commit("new").ok());
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(text_of(target), "new");
}

TEST_F(OutputFileTest, RefusesLinksOfOthersAndTouchesNothing) {
  SKIP_UNLESS_ROOT();
  std::filesystem::permissions(folder_.path(), std::filesystem::perms(01777));
  std::ofstream(folder_.path() / "target") << "old";
  for (const char* target : {"target", "new", "/dev/null"}) {
    const auto link = folder_.path() / "link";
    std::filesystem::create_symlink(target, link);
    give_to(stranger, link);
    const auto refused = OutputFile::prepare(link);
    ASSERT_FALSE(refused.ok()) << target;
    EXPECT_NE(
        refused.error().message.find(link.string() + ": is a link that belongs to user 54321"),
        std::string::npos)
        << refused.error().message;
    std::filesystem::remove(link);
  }
  EXPECT_EQ(text_of(folder_.path() / "target"), "old");
  EXPECT_EQ(files(), 1u);
}

// What is put in the place of the file after the look is replaced itself.
TEST_F(OutputFileTest, ALinkThatComesMeanwhileIsReplacedAndNotFollowed) {
  const auto path = folder_.path() / "out.json", precious = folder_.path() / "precious";
  std::ofstream(precious) << "precious";
  auto file = OutputFile::prepare(path);
  ASSERT_TRUE(file.ok());
  std::filesystem::create_symlink("precious", path);
  ASSERT_TRUE(file.value().commit("new").ok());
  EXPECT_EQ(text_of(precious), "precious");
  EXPECT_FALSE(std::filesystem::is_symlink(path));
  EXPECT_EQ(text_of(path), "new");
}

TEST_F(OutputFileTest, TheModeOfAFileThatIsThereStays) {
  const auto path = folder_.path() / "out.json";
  std::ofstream(path) << "old";
  for (const mode_t mode : {0600, 0640, 0444, 0666, 04755}) {
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    ASSERT_TRUE(OutputFile::prepare(path).take().commit("new").ok());
    struct stat facts {};
    ASSERT_EQ(stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777, mode & 0777) << "what runs with another's rights is new";
  }
}

TEST_F(OutputFileTest, OwnerAndGroupStayWhereTheyMay) {
  SKIP_UNLESS_ROOT();
  const auto path = folder_.path() / "out.json";
  std::filesystem::permissions(folder_.path(), std::filesystem::perms(0777));
  std::ofstream(path) << "old";
  give_to(visitor, path);
  ASSERT_EQ(chmod(path.c_str(), 0664), 0);
  const auto facts = [&] {
    struct stat status {};
    EXPECT_EQ(stat(path.c_str(), &status), 0);
    return status;
  };
  const auto replace = [&] {
    const auto written = OutputFile::prepare(path).take().commit("new");
    return written.ok() ? std::string() : written.error().message;
  };
  EXPECT_EQ(replace(), "");
  EXPECT_EQ(facts().st_uid, visitor);
  EXPECT_EQ(facts().st_gid, visitor);
  EXPECT_EQ(facts().st_mode & 0777, 0664u);
  // Who cannot give it to that group gives his own no more than everybody has.
  EXPECT_EQ(as_user(stranger, replace), "");
  EXPECT_EQ(facts().st_uid, stranger);
  EXPECT_EQ(facts().st_mode & 0777, 0644u);
}

TEST_F(OutputFileTest, AnOwnDescriptorIsWrittenToWhereItIs) {
  const auto path = folder_.path() / "log";
  const OwnedDescriptor log(open(path.c_str(), O_RDWR | O_CREAT, 0600));
  ASSERT_EQ(write(log.number(), "before ", 7), 7);
  auto file = OutputFile::prepare("/dev/fd/" + std::to_string(log.number()));
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(file.value().own_descriptor(), log.number());
  ASSERT_TRUE(file.value().commit("results").ok());
  EXPECT_EQ(text_of(path), "before results");
  EXPECT_EQ(files(), 1u);
  const OwnedDescriptor reading(open(path.c_str(), O_RDONLY));
  const auto refused = OutputFile::prepare("/dev/fd/" + std::to_string(reading.number()));
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("is open for reading only"), std::string::npos);
}

TEST_F(OutputFileTest, ARegionIsKnownByItsSecondSuperblockToo) {
  const auto region = folder_.path() / "region";
  const Superblock superblock = make_superblock(16);
  std::ofstream stream(region, std::ios::binary);
  stream << std::string(15 * block_bytes, '\0');
  stream.write(reinterpret_cast<const char*>(&superblock), sizeof superblock);
  stream << std::string(block_bytes - sizeof superblock, '\0');
  stream.close();
  const auto refused = OutputFile::prepare(region);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("holds a daxlab region"), std::string::npos);
}

TEST(OutputFile, ReportsAFullDevice) {
  // A limit on file size stands for a device without space: both end a write early.
  auto folder = ScratchFolder::make(testing::TempDir());
  ASSERT_TRUE(folder.ok());
  const auto path = folder.value().path() / "out.json";
  EXPECT_EXIT(
      {
        rlimit limit{};
        limit.rlim_cur = limit.rlim_max = 10;
        signal(SIGXFSZ, SIG_IGN);
        auto file = OutputFile::prepare(path);
        setrlimit(RLIMIT_FSIZE, &limit);
        const auto written = file.value().commit("more than ten bytes");
        exit(!written.ok() && written.error().message.find("writing") != std::string::npos ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace daxlab
