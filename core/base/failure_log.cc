#include "core/base/failure_log.h"

#include <cstdio>

namespace daxlab {

void FailureLog::report(PluginCallback callback, const char* cause, uint64_t a, uint64_t b,
                        uint64_t c, uint64_t d) noexcept {
  uint32_t expected = empty;
  if (!state_.compare_exchange_strong(expected, writing)) return;
  callback_ = callback;
  // snprintf of integers into a buffer allocates nothing in glibc.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  std::snprintf(text_.data(), text_.size(), cause, static_cast<unsigned long long>(a),
                static_cast<unsigned long long>(b), static_cast<unsigned long long>(c),
                static_cast<unsigned long long>(d));
#pragma GCC diagnostic pop
  if (calls_ != nullptr) {
    calls_->report_unsafe(callback, UnsafeKind::answer, text_.data());
  }
  state_.store(written, std::memory_order_release);
}

std::optional<std::string> FailureLog::message() const {
  if (!failed()) return std::nullopt;
  if (callback_ == PluginCallback::none) return text_.data();  // not a plugin's fault
  return std::string(function_of(callback_)) + " " + text_.data();
}

}  // namespace daxlab
