// Requests over several pages, where not all of them lie alike.
#include "core/engine/mmu/userfault_door.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <memory>

#include "core/base/owned_descriptor.h"
#include "daxlab/types.h"

namespace daxlab {
namespace {

constexpr uint64_t pages = 64;

// Addresses without access, as a mapping has them before its holes are armed.
class Addresses {
 public:
  explicit Addresses(int descriptor = -1)
      : start_(mmap(nullptr, pages * page_bytes, PROT_NONE,
                    MAP_NORESERVE | (descriptor < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED),
                    descriptor, 0)) {
    EXPECT_NE(start_, MAP_FAILED);
  }
  ~Addresses() { munmap(start_, pages * page_bytes); }
  uint64_t of_page(uint64_t page) const {
    return reinterpret_cast<uint64_t>(start_) + page * page_bytes;
  }
  // Flags that differ keep the kernel from merging what lies there with its neighbours.
  void set_apart(uint64_t page, uint64_t count) {
    ASSERT_EQ(madvise(reinterpret_cast<void*>(of_page(page)), count * page_bytes, MADV_DONTFORK),
              0);
  }
  void expect_zeros() const {
    for (uint64_t page = 0; page < pages; ++page) {
      EXPECT_EQ(*reinterpret_cast<volatile uint64_t*>(of_page(page)), 0u) << page;
    }
  }

 private:
  void* start_;
};

std::unique_ptr<UserfaultDoor> open_door() {
  int refusal = 0;
  auto door = UserfaultDoor::open(&refusal);
  EXPECT_TRUE(door) << "userfaultfd: errno " << refusal;
  return door;
}

TEST(UserfaultDoor, ZerosGoOverTheEndsOfKernelMappings) {
  const auto door = open_door();
  ASSERT_TRUE(door);
  Addresses addresses;
  ASSERT_TRUE(
      door->arm(addresses.of_page(0), pages * page_bytes, HoleTrap::Memory::anonymous).ok());
  for (uint64_t page : {1u, 7u, 30u}) addresses.set_apart(page, 1);
  addresses.set_apart(63, 1);
  ASSERT_EQ(door->insert_zero(addresses.of_page(0), pages * page_bytes), Status{});
  addresses.expect_zeros();
}

TEST(UserfaultDoor, CachedPagesGoOverTheEndsOfKernelMappings) {
  const auto door = open_door();
  ASSERT_TRUE(door);
  const OwnedDescriptor memory(memfd_create("pages", MFD_CLOEXEC));
  ASSERT_EQ(ftruncate(memory.number(), pages * page_bytes), 0);
  Addresses addresses(memory.number());
  ASSERT_TRUE(door->arm(addresses.of_page(0), pages * page_bytes, HoleTrap::Memory::shared).ok());
  for (uint64_t page : {0u, 31u, 32u, 62u}) addresses.set_apart(page, 1);
  ASSERT_EQ(door->insert_shared(addresses.of_page(0), pages * page_bytes), Status{});
  addresses.expect_zeros();
}

TEST(UserfaultDoor, WhatIsNotArmedIsRefused) {
  const auto door = open_door();
  ASSERT_TRUE(door);
  Addresses addresses;
  ASSERT_TRUE(door->arm(addresses.of_page(0), 4 * page_bytes, HoleTrap::Memory::anonymous).ok());
  EXPECT_EQ(door->insert_zero(addresses.of_page(0), pages * page_bytes), ErrorCode::not_found);
}

}  // namespace
}  // namespace daxlab
