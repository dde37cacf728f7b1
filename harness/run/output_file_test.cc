#include "harness/run/output_file.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

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
  EXPECT_NE(missing.error().message.find("No such file or directory"), std::string::npos);
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
