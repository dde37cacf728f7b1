#include "core/base/errno_status.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace daxlab {

Status status_from_errno(int error_number) noexcept {
  switch (error_number) {
    case 0:
      return ErrorCode::ok;
    case ENOSPC:
    case EDQUOT:
      return ErrorCode::no_space;
    case ENOMEM:
      return ErrorCode::no_memory;
    case EINVAL:
      return ErrorCode::invalid_argument;
    case ENOENT:
      return ErrorCode::not_found;
    case EEXIST:
      return ErrorCode::exists;
    case EFBIG:
    case EOVERFLOW:
    case ENAMETOOLONG:
      return ErrorCode::too_big;
    case EAGAIN:
    case EBUSY:
      return ErrorCode::busy;
    case EOPNOTSUPP:
    case ENOSYS:
      return ErrorCode::unsupported;
    case EFAULT:
      return ErrorCode::bad_address;
    default:
      return ErrorCode::io_error;
  }
}

bool is_shortage(int error_number) noexcept {
  return error_number == EMFILE || error_number == ENFILE || error_number == ENOMEM;
}

Error error_from_errno(std::string_view what, int error_number) {
  Error error(fmt::format("{}: {}", what, std::generic_category().message(error_number)));
  error.is_shortage = is_shortage(error_number);
  return error;
}

}  // namespace daxlab
