#include "core/base/bus_error_words.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>

#include "core/base/bus_error.h"
#include "daxlab/types.h"

namespace daxlab {
namespace {

// Four pages of a descriptor.
class Mapped {
 public:
  explicit Mapped(int descriptor)
      : descriptor_(descriptor),
        at_(static_cast<std::byte*>(
            mmap(nullptr, 4 * page_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0))) {}
  ~Mapped() {
    munmap(at_, 4 * page_bytes);
    close(descriptor_);
  }
  volatile std::byte* at(uint64_t offset_bytes) const { return at_ + offset_bytes; }

 private:
  int descriptor_;
  std::byte* at_;
};

TEST(BusErrorWords, AFileThatWasCutIsNamedWithThePlace) {
  install_fault_handlers();
  std::string path = testing::TempDir() + "daxlab_cut_XXXXXX";
  const int file = mkstemp(path.data());
  ASSERT_GE(file, 0);
  ASSERT_EQ(ftruncate(file, 4 * page_bytes), 0);
  const Mapped mapped(file);
  ASSERT_EQ(ftruncate(file, 100), 0);
  EXPECT_FALSE(survives_bus_error([&] { (void)*mapped.at(2 * page_bytes + 8); }));
  EXPECT_EQ(bus_error_text(survived_bus_error),
            "at a load from " + path +
                ", byte 8200: the file ends at byte 100: it was cut after it was mapped");
  EXPECT_FALSE(survives_bus_error([&] { *mapped.at(page_bytes) = std::byte{1}; }));
  EXPECT_EQ(bus_error_text(survived_bus_error).rfind("at a store to " + path + ", byte 4096: ", 0),
            0u);
  unlink(path.c_str());
}

TEST(BusErrorWords, AMemfdIsNamedWithoutAPath) {
  install_fault_handlers();
  const Mapped mapped(memfd_create("daxlab-region", MFD_CLOEXEC));
  EXPECT_FALSE(survives_bus_error([&] { (void)*mapped.at(8); }));
  EXPECT_EQ(bus_error_text(survived_bus_error),
            "at a load from memfd:daxlab-region, byte 8: no page for it: no space in the region, "
            "or the fault was refused");
}

TEST(BusErrorWords, BrokenMemoryAndUnknownPlacesAreTold) {
  int word = 0;
  const std::string broken = bus_error_text({&word, BUS_MCEERR_AR, false});
  EXPECT_NE(broken.find("at a load from address 0x"), std::string::npos) << broken;
  EXPECT_NE(broken.find("hwpoison"), std::string::npos) << broken;
  EXPECT_NE(bus_error_text({nullptr, BUS_ADRERR, true}).find("at a store to address 0x0: "),
            std::string::npos);
}

TEST(BusErrorWords, WhatWasSentIsNoAccess) {
  EXPECT_EQ(bus_error_text({nullptr, SI_USER, false}), "");
  EXPECT_EQ(bus_error_text({nullptr, SI_TKILL, false}), "");
}

TEST(BusErrorWords, ATextThatDoesNotFitEnds) {
  std::array<char, 16> small;
  small.fill('#');
  const size_t length = describe_bus_error({nullptr, BUS_ADRERR, false}, small);
  EXPECT_EQ(std::string(small.data(), length), "at a load from ");
  std::array<char, 1> none{};
  EXPECT_EQ(describe_bus_error({nullptr, BUS_ADRERR, false}, none), 0u);
}

}  // namespace
}  // namespace daxlab
