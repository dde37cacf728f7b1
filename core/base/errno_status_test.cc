#include "core/base/errno_status.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace daxlab {
namespace {

TEST(ErrnoStatus, KnowsWhatCallersTellApart) {
  EXPECT_TRUE(status_from_errno(0).ok());
  EXPECT_EQ(status_from_errno(ENOSPC), ErrorCode::no_space);
  EXPECT_EQ(status_from_errno(EDQUOT), ErrorCode::no_space);
  EXPECT_EQ(status_from_errno(ENOMEM), ErrorCode::no_memory);
  EXPECT_EQ(status_from_errno(EINVAL), ErrorCode::invalid_argument);
  EXPECT_EQ(status_from_errno(ENOENT), ErrorCode::not_found);
  EXPECT_EQ(status_from_errno(EEXIST), ErrorCode::exists);
  EXPECT_EQ(status_from_errno(EFBIG), ErrorCode::too_big);
  EXPECT_EQ(status_from_errno(ENAMETOOLONG), ErrorCode::too_big);
  EXPECT_EQ(status_from_errno(EAGAIN), ErrorCode::busy);
  EXPECT_EQ(status_from_errno(EOPNOTSUPP), ErrorCode::unsupported);
  EXPECT_EQ(status_from_errno(EFAULT), ErrorCode::bad_address);
  EXPECT_EQ(status_from_errno(EIO), ErrorCode::io_error);
  EXPECT_EQ(status_from_errno(EPERM), ErrorCode::io_error);
}

TEST(ErrnoStatus, MessageSaysWhatAndWhy) {
  EXPECT_EQ(error_from_errno("memfd_create(region)", ENOMEM).message,
            "memfd_create(region): Cannot allocate memory");
}

TEST(ErrnoStatus, ShortagesOfTheProcessAreNobodysFault) {
  for (const int number : {EMFILE, ENFILE, ENOMEM}) {
    EXPECT_TRUE(error_from_errno("open a.so", number).is_shortage) << number;
    EXPECT_TRUE(error_from_errno("a.so", number).prefixed("--plugin-path ").is_shortage) << number;
  }
  for (const int number : {ENOENT, EACCES, ENOSPC, EINVAL}) {
    EXPECT_FALSE(error_from_errno("open a.so", number).is_shortage) << number;
  }
}

}  // namespace
}  // namespace daxlab
