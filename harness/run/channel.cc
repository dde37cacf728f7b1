#include "harness/run/channel.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/base/errno_status.h"

namespace daxlab {
namespace {

constexpr char start_tag = 'S';
constexpr char anonymous_tag = 'A';
constexpr char measure_tag = 'M';
constexpr char progress_tag = 'P';
constexpr char piece_tag = 'T';
constexpr char result_tag = 'R';
constexpr char growth_tag = 'G';
constexpr char error_tag = 'E';

bool send_message(int socket, char tag, std::string_view body, int flags = 0) {
  std::string message(1, tag);
  message += body;
  ssize_t sent = 0;
  do {
    sent = send(socket, message.data(), message.size(), MSG_NOSIGNAL | flags);
  } while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(message.size());
}

// An empty message stands for a closed socket; nullopt for an error in errno.
std::optional<std::string> receive_message(int socket, int flags) {
  ssize_t length = 0;
  do {
    length = recv(socket, nullptr, 0, flags | MSG_PEEK | MSG_TRUNC);
  } while (length < 0 && errno == EINTR);
  if (length < 0) return std::nullopt;
  // One byte more than is allowed, so that a longer message is seen to be one.
  std::string message(std::min(static_cast<size_t>(length), longest_message_bytes + 2), '\0');
  ssize_t received = 0;
  do {
    received = recv(socket, message.data(), message.size(), flags);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return std::nullopt;
  message.resize(static_cast<size_t>(received));
  return message;
}

}  // namespace

ErrorOr<MemoryFigures> CellChannel::ask(char what) {
  if (!send_message(socket_, what, {})) return error_from_errno("asking to be measured", errno);
  const auto answer = receive_message(socket_, 0);
  if (!answer) return error_from_errno("waiting to be measured", errno);
  MemoryFigures growth;
  if (answer->size() == 1 + sizeof growth && answer->front() == growth_tag) {
    std::memcpy(&growth, answer->data() + 1, sizeof growth);
    return growth;
  }
  if (!answer->empty() && answer->front() == error_tag) return Error{answer->substr(1)};
  return Error{"waiting to be measured: the parent process is gone"};
}

ErrorOr<MemoryFigures> CellChannel::start_measuring() { return ask(start_tag); }
ErrorOr<MemoryFigures> CellChannel::start_anonymous() { return ask(anonymous_tag); }
ErrorOr<MemoryFigures> CellChannel::measure() { return ask(measure_tag); }

bool CellChannel::send_result(std::string_view result) {
  return result.size() <= longest_message_bytes && send_message(socket_, result_tag, result);
}

void CellChannel::send_progress(std::string_view text) {
  static_cast<void>(
      send_message(socket_, progress_tag, text.substr(0, longest_message_bytes), MSG_DONTWAIT));
}

bool CellChannel::send_long_result(std::string_view result) {
  if (result.size() > longest_result_bytes) return false;
  for (; result.size() > longest_message_bytes; result.remove_prefix(longest_message_bytes)) {
    if (!send_message(socket_, piece_tag, result.substr(0, longest_message_bytes))) return false;
  }
  return send_result(result);
}

namespace {

RequestKind kind_with_text(char tag) {
  switch (tag) {
    case progress_tag:
      return RequestKind::progress;
    case piece_tag:
      return RequestKind::piece;
    case result_tag:
      return RequestKind::result;
    default:
      return RequestKind::garbage;
  }
}

}  // namespace

Request receive_request(int socket) {
  const auto message = receive_message(socket, MSG_DONTWAIT);
  if (!message) {
    const bool waiting = errno == EAGAIN || errno == EWOULDBLOCK;
    return {waiting ? RequestKind::nothing : RequestKind::closed, {}};
  }
  if (message->empty()) return {RequestKind::closed, {}};
  if (*message == std::string(1, start_tag)) return {RequestKind::start_measuring, {}};
  if (*message == std::string(1, anonymous_tag)) return {RequestKind::start_anonymous, {}};
  if (*message == std::string(1, measure_tag)) return {RequestKind::measure, {}};
  const RequestKind kind = kind_with_text(message->front());
  if (kind == RequestKind::garbage || message->size() > longest_message_bytes + 1) {
    return {RequestKind::garbage, {}};
  }
  return {kind, message->substr(1)};
}

bool send_growth(int socket, const ErrorOr<MemoryFigures>& growth) {
  // Never waits: a child that asks and does not read must not hold up its time limit.
  if (!growth.ok()) return send_message(socket, error_tag, growth.error().message, MSG_DONTWAIT);
  char body[sizeof(MemoryFigures)];
  std::memcpy(body, &growth.value(), sizeof body);
  return send_message(socket, growth_tag, std::string_view(body, sizeof body), MSG_DONTWAIT);
}

}  // namespace daxlab
