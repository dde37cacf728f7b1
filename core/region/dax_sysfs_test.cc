#include "core/region/dax_sysfs.h"

#include <gmock/gmock.h>
#include <sys/sysmacros.h>

#include "core/base/made_up_tree_test.h"

namespace daxlab {
namespace {

using testing::HasSubstr;

// region0 of an NVDIMM bus with dax0.0, number 250:3, as Linux 6.1 shows them.
class DaxSysfs : public MadeUpTree {
 protected:
  void SetUp() override {
    MadeUpTree::SetUp();
    write(region_ + "/nstype", "5\n");
    write(region_ + "/read_only", "0\n");
    write(region_ + "/dax0.1/namespace", "namespace0.0\n");
    write(device_ + "/size", "67108864\n");
    write(device_ + "/align", "4096\n");
    make_folder("sys/dev/char");
    make_folder("sys/bus/dax");
    std::filesystem::create_symlink(root_ / device_, root_ / "sys/dev/char/250:3");
    std::filesystem::create_symlink(root_ / "sys/bus/dax", root_ / device_ / "subsystem");
  }
  std::string error_of(Access access = Access::read_write) const {
    const auto bytes = usable_device_bytes("/dev/dax0.0", makedev(250, 3), access, root_);
    return bytes.ok() ? "no error" : bytes.error().message;
  }
  std::string domain() const {
    return persistence_domain_of_device(sysfs_of_character_device(makedev(250, 3), root_));
  }

  const std::string region_ = "sys/devices/ndbus0/region0";
  const std::string device_ = region_ + "/dax0.1/dax0.0";
};

TEST_F(DaxSysfs, TellsTheSizeOfADevice) {
  const auto bytes = usable_device_bytes("/dev/dax0.0", makedev(250, 3), Access::read_write, root_);
  ASSERT_TRUE(bytes.ok()) << bytes.error().message;
  EXPECT_EQ(bytes.value(), 67108864u);
}

TEST_F(DaxSysfs, NamesTheCommandThatMakesAnotherAlignment) {
  write(device_ + "/align", "2097152\n");
  EXPECT_EQ(error_of(),
            "/dev/dax0.0: a device that is mapped by 2 MiB at a time, and blocks have 4 KiB; this "
            "makes one of 4 KiB of it, and what is on it is lost: ndctl create-namespace -f -e "
            "namespace0.0 -m devdax --align 4096");
}

TEST_F(DaxSysfs, NamesNoCommandOfAnotherFolder) {
  write("namespace", "stranger\n");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(root_);
  EXPECT_EQ(how_to_make_devdax({}),
            "ndctl create-namespace -f -e NAMESPACE -m devdax --align 4096");
  std::filesystem::current_path(before);
}

TEST_F(DaxSysfs, RefusesOtherDevices) {
  EXPECT_THAT(
      usable_device_bytes("/dev/null", makedev(1, 3), Access::read_only, root_).error().message,
      HasSubstr("/dev/null: a device, but none of persistent memory"));
  std::filesystem::remove(root_ / device_ / "subsystem");
  EXPECT_THAT(error_of(), HasSubstr("none of persistent memory"));
}

TEST_F(DaxSysfs, RefusesToWriteToAReadOnlyRegion) {
  write(region_ + "/read_only", "1\n");
  EXPECT_THAT(error_of(), HasSubstr("read-only region; make it writable with: echo 0 > "));
  EXPECT_EQ(error_of(Access::read_only), "no error");
}

TEST_F(DaxSysfs, NamesWhatDoesNotSay) {
  for (const char* file : {"size", "align"}) {
    for (const char* text : {"", "\n", "0x\n", "12 13\n", "-1\n", "99999999999999999999\n"}) {
      write(device_ + "/size", "67108864\n");
      write(device_ + "/align", "4096\n");
      write(device_ + "/" + file, text);
      EXPECT_THAT(error_of(), HasSubstr(std::string(file) + " does not say a number")) << text;
    }
  }
}

TEST_F(DaxSysfs, TellsThePersistenceDomain) {
  EXPECT_EQ(domain(), "unknown (the platform does not say)");
  write(region_ + "/persistence_domain", "\n");
  EXPECT_EQ(domain(), "unknown (the platform does not say)");
  write(region_ + "/persistence_domain", "memory_controller\n");
  EXPECT_EQ(domain(), "ADR");
  write(region_ + "/persistence_domain", "cpu_cache\n");
  EXPECT_EQ(domain(), "eADR");
  write(region_ + "/persistence_domain", "moon\n");
  EXPECT_EQ(domain(), "unknown (moon)");
  std::filesystem::remove(root_ / region_ / "nstype");
  EXPECT_EQ(domain(), "unknown (not on an NVDIMM bus)");
}

TEST_F(DaxSysfs, ReadsNumbersAsSysfsWritesThem) {
  write("number", "0x140000000\n");
  EXPECT_EQ(sysfs_number(root_ / "number"), 0x140000000u);
  write("number", "4096\n");
  EXPECT_EQ(sysfs_number(root_ / "number"), 4096u);
  EXPECT_EQ(sysfs_number(root_ / "missing"), std::nullopt);
}

}  // namespace
}  // namespace daxlab
