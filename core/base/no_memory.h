// std::bad_alloc as a Status.
#pragma once

#include <new>
#include <type_traits>

#include "daxlab/status.h"

namespace daxlab {

// What `call` returns, a Status or a Result (a Status where it returns nothing): no_memory if it
// could not allocate, and has left nothing half done then.
template <class Call>
auto or_no_memory(const Call& call) noexcept {
  using Returned = std::invoke_result_t<Call>;
  using Answer = std::conditional_t<std::is_void_v<Returned>, Status, Returned>;
  try {
    if constexpr (std::is_void_v<Returned>) {
      call();
      return Answer();
    } else {
      return call();
    }
  } catch (const std::bad_alloc&) {
    return Answer(ErrorCode::no_memory);
  }
}

}  // namespace daxlab
