// A region file's space that runs out on the way, though it was there at the look before: what was
// taken until then is given back.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/region/region_file_test.h"
#include "harness/failures/kernel_calls.h"

namespace daxlab {
namespace {

class RegionSpace : public RegionFiles {
 protected:
  static constexpr uint64_t large_bytes = uint64_t{4} << 20;

  struct Facts {
    off_t length_bytes = 0;
    blkcnt_t sectors = 0;
    friend bool operator==(const Facts&, const Facts&) = default;
  };
  Facts facts() const {
    struct stat status {};
    EXPECT_EQ(stat(path_.c_str(), &status), 0);
    return {status.st_size, status.st_blocks};
  }
  // With the first fallocate half done.
  std::string error_without_space(CreateRegion create, uint64_t size_bytes) {
    start({.first = 1, .only = CallKind::fallocate, .fallocate_does_half = true});
    std::string error;
    {
      const Armed now;
      error = error_of(create, size_bytes);
    }
    EXPECT_EQ(calls_so_far().failed_of[static_cast<size_t>(CallKind::fallocate)], 1u);
    start({});
    return error;
  }
};

TEST_F(RegionSpace, AHoleThatGotItsSpaceIsOneAgain) {
  uuid_of_made(large_bytes);
  const int file = ::open(path_.c_str(), O_RDWR);
  for (const off_t offset : {1 << 20, 3 << 20}) {
    ASSERT_EQ(fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, 1 << 19), 0);
  }
  close(file);
  const std::string text = contents();  // and the holes are in the page cache
  const Facts before = facts();
  expect_says(error_without_space(CreateRegion::never, 0),
              "reserving 4194304 bytes: No space left on device; the file has holes");
  EXPECT_EQ(facts(), before);
  EXPECT_EQ(contents(), text);
  EXPECT_EQ(error_of(CreateRegion::never, 0), "");
}

TEST_F(RegionSpace, ANewFileGoes) {
  expect_says(error_without_space(CreateRegion::if_missing, large_bytes),
              "No space left on device");
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(RegionSpace, ARegionThatWasToBeMadeAnewStays) {
  uuid_of_made();
  const std::string text = contents();
  const Facts before = facts();
  expect_says(error_without_space(CreateRegion::always, large_bytes), "No space left on device");
  EXPECT_EQ(facts(), before);
  EXPECT_EQ(contents(), text);
}

}  // namespace
}  // namespace daxlab
