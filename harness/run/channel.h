// Messages between a cell's process and its parent, over a socket that keeps their boundaries. The
// parent trusts none of it: the child runs plugins.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error_or.h"
#include "harness/run/memory_figures.h"

namespace daxlab {

// A result longer than this is refused by send_result.
inline constexpr size_t longest_message_bytes = size_t{96} << 10;
// The same for send_long_result, which sends it in pieces.
inline constexpr size_t longest_result_bytes = size_t{8} << 20;

// The child's end. One thread.
class CellChannel {
 public:
  explicit CellChannel(int socket) : socket_(socket) {}

  // Each waits until the parent has measured this process, and gives the highest growth of each
  // part of its memory since start_measuring(), of anonymous memory since start_anonymous(). The
  // parent's error, if it could not measure.
  ErrorOr<MemoryFigures> start_measuring();
  ErrorOr<MemoryFigures> start_anonymous();
  ErrorOr<MemoryFigures> measure();

  // Something to show meanwhile, and a sign of life. Does not wait: lost when the parent does not
  // keep up, or is gone.
  void send_progress(std::string_view text);

  // One of both, once, at the end. False: the parent is gone, or the text is too long.
  bool send_result(std::string_view result);
  bool send_long_result(std::string_view result);

 private:
  ErrorOr<MemoryFigures> ask(char what);
  int socket_;
};

// The parent's end.
enum class RequestKind {
  start_measuring,
  start_anonymous,
  measure,
  progress,
  piece,  // of a long result: the result follows them
  result,
  garbage,
  closed,
  nothing
};
struct Request {
  RequestKind kind = RequestKind::nothing;
  std::string text;  // of a result, a piece, a progress
};
// What has arrived, without waiting.
Request receive_request(int socket);
// Answers a measure request; false when the child is gone.
bool send_growth(int socket, const ErrorOr<MemoryFigures>& growth);

}  // namespace daxlab
