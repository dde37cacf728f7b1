#include "core/base/errno_status.h"

#include <fmt/format.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "core/base/process_limits.h"

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

Error error_from_errno(std::string_view what, int error_number, uint64_t wanted_bytes) {
  const std::string limit = limit_met({error_number, wanted_bytes});
  Error error(fmt::format("{}: {}{}{}", what, std::generic_category().message(error_number),
                          limit.empty() ? "" : ": ", limit));
  error.is_shortage = is_shortage(error_number);
  return error;
}

}  // namespace daxlab
