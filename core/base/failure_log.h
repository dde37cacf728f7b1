// The first unsafe answer that a plugin gave. The operation it was for gets ErrorCode::bad_plugin;
// the run goes on to its end without trusting anything more, and its cell fails with this line.
#pragma once

#include <array>
#include <atomic>
#include <optional>
#include <string>

#include "core/base/call_log.h"

namespace daxlab {

class FailureLog {
 public:
  // `calls` outlives this, is not read, and keeps a copy of the report for who survives the
  // process.
  explicit FailureLog(CallLog* calls = nullptr) : calls_(calls) {}

  // Signal-safe, any thread; only the first report is kept. `cause` is a printf format for up to
  // four uint64_t ("returned block %llu, outside the region of %llu blocks").
  void report(PluginCallback callback, const char* cause, uint64_t a = 0, uint64_t b = 0,
              uint64_t c = 0, uint64_t d = 0) noexcept;
  bool failed() const noexcept { return state_.load(std::memory_order_acquire) == written; }
  // "allocate returned block 99999, outside the region of 16384 blocks", and whose callback it was.
  std::optional<std::string> message() const;
  PluginCallback callback() const noexcept { return callback_; }

 private:
  static constexpr uint32_t empty = 0, writing = 1, written = 2;
  std::atomic<uint32_t> state_{empty};
  PluginCallback callback_ = PluginCallback::none;
  std::array<char, 256> text_{};
  CallLog* calls_;
};

}  // namespace daxlab
