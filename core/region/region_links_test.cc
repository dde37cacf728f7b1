// Links in place of a region's file: whose are followed, and that nothing behind the others is
// touched.
#include <fcntl.h>
#include <sys/stat.h>

#include "core/base/other_user_test.h"
#include "core/region/region_file_test.h"

namespace daxlab {
namespace {

class RegionLinks : public RegionFiles {
 protected:
  std::string error_of_creating(bool force) {
    auto region = create_region_file(path_, small_bytes, force, counters_);
    return region.ok() ? "" : region.error().message;
  }
  // In a folder where everybody may make names, as /tmp.
  fs::path shared_folder() const {
    fs::create_directory(folder_ / "shared");
    fs::permissions(folder_ / "shared", fs::perms(01777));
    return folder_ / "shared";
  }
};

TEST_F(RegionLinks, OwnOnesLeadToWhatIsThereAndToWhatIsNot) {
  const fs::path target = folder_ / "target";
  path_ = folder_ / "link";
  fs::create_symlink("target", path_);
  EXPECT_EQ(error_of_creating(false), "");
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_EQ(fs::file_size(target), small_bytes);
  const std::string uuid = uuid_there();
  EXPECT_EQ(error_of_reading(), "");
  EXPECT_NE(uuid_of_made(), uuid);
  fs::remove(target);
  EXPECT_EQ(error_of(CreateRegion::if_missing), "");
  EXPECT_EQ(fs::file_size(target), small_bytes);
  fs::remove(target);
  expect_says(error_of(CreateRegion::never), "there is no such file");
}

// What failed takes away what it has made, and not the link.
TEST_F(RegionLinks, AFailureLeavesTheLink) {
  path_ = folder_ / "link";
  fs::create_symlink("target", path_);
  EXPECT_NE(error_of(CreateRegion::if_missing, max_region_bytes), "");
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_FALSE(fs::exists(folder_ / "target"));
}

TEST_F(RegionLinks, ThoseOfOthersAreRefusedAndNothingIsTouched) {
  SKIP_UNLESS_ROOT();
  uuid_of_made();
  const fs::path region = path_;
  const std::string before = contents();
  path_ = shared_folder() / "link";
  fs::create_symlink(region, path_);
  give_to(stranger, path_);
  const std::string says = "is a link that belongs to user 54321";
  for (CreateRegion create :
       {CreateRegion::never, CreateRegion::if_missing, CreateRegion::always}) {
    expect_says(error_of(create), says);
    expect_says(error_of(create, small_bytes, true), says);
  }
  expect_says(error_of_creating(false), says);
  expect_says(error_of_creating(true), says);
  expect_says(error_of_reading(), says);
  path_ = region;
  EXPECT_EQ(contents(), before);
}

TEST_F(RegionLinks, ThoseOfOthersToNothingMakeNothing) {
  SKIP_UNLESS_ROOT();
  const fs::path target = folder_ / "made_through_a_link";
  path_ = shared_folder() / "link";
  fs::create_symlink(target, path_);
  give_to(stranger, path_);
  expect_says(error_of_creating(false), "is a link that belongs to user 54321");
  expect_says(error_of_creating(true), "is a link that belongs to user 54321");
  expect_says(error_of(CreateRegion::always), "is a link that belongs to user 54321");
  EXPECT_FALSE(fs::exists(target));
}

TEST_F(RegionLinks, TheListOfBadBlocksIsNotReadThroughOneOfAnother) {
  SKIP_UNLESS_ROOT();
  uuid_of_made();
  const fs::path list = bad_blocks_path_of(path_);
  std::ofstream(folder_ / "secret") << "a secret\n";
  fs::create_symlink("secret", list);
  EXPECT_NE(error_of_reading().find("a secret"), std::string::npos) << "an own link is followed";
  give_to(stranger, list);
  const std::string error = error_of_reading();
  EXPECT_NE(error.find(list.string() + ": is a link that belongs to user 54321"), error.npos)
      << error;
}

TEST_F(RegionLinks, TheModeOfAFileThatIsThereStays) {
  uuid_of_made();
  ASSERT_EQ(chmod(path_.c_str(), 0640), 0);
  uuid_of_made(4 * small_bytes);
  EXPECT_EQ(error_of_creating(true), "");
  struct stat status {};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
}

// As the shell's <lab.pmem would give it.
TEST_F(RegionLinks, AnOpenDescriptorIsAPathToo) {
  const std::string uuid = uuid_of_made();
  const OwnedDescriptor opened(::open(path_.c_str(), O_RDWR));
  path_ = "/dev/fd/" + std::to_string(opened.number());
  EXPECT_EQ(error_of_reading(), "");
  EXPECT_EQ(uuid_there(), uuid);
}

}  // namespace
}  // namespace daxlab
