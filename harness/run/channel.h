// Messages between a cell's process and its parent, over a socket that keeps their boundaries. The
// parent trusts none of it: the child runs plugins.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error_or.h"

namespace daxlab {

// A result longer than this is refused by send_result.
inline constexpr size_t longest_message_bytes = size_t{96} << 10;

// The child's end. One thread.
class CellChannel {
 public:
  explicit CellChannel(int socket) : socket_(socket) {}

  // Each waits until the parent has measured this process, and gives the highest growth of its
  // memory since start_measuring(), in bytes. The parent's error, if it could not measure.
  ErrorOr<uint64_t> start_measuring();
  ErrorOr<uint64_t> measure();

  // Once, at the end. False: the parent is gone, or the text is too long.
  bool send_result(std::string_view result);

 private:
  ErrorOr<uint64_t> ask(char what);
  int socket_;
};

// The parent's end.
enum class RequestKind { start_measuring, measure, result, garbage, closed, nothing };
struct Request {
  RequestKind kind = RequestKind::nothing;
  std::string text;  // of a result
};
// What has arrived, without waiting.
Request receive_request(int socket);
// Answers a measure request; false when the child is gone.
bool send_growth(int socket, const ErrorOr<uint64_t>& growth_bytes);

}  // namespace daxlab
