// Runs of a cell's process in tests.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>
#include <string>
#include <utility>

#include "harness/run/cell_process.h"

namespace daxlab {

using namespace std::chrono_literals;

// Long enough that no machine reaches it by being slow.
inline constexpr auto no_limit = 600s;

inline CellProcessSpec spec_of(CellFork::Body body,
                               std::chrono::nanoseconds time_limit = no_limit) {
  CellProcessSpec spec;
  spec.body = std::move(body);
  spec.time_limit = time_limit;
  spec.plugin_of = [](PluginCallback callback) {
    return std::string(plugin_kind_of(callback)) + " plugin 'x' (/x.so)";
  };
  return spec;
}

inline std::unique_ptr<CellProcess> start(CellProcessSpec spec) {
  auto process = CellProcess::start(std::move(spec));
  EXPECT_TRUE(process.ok()) << (process.ok() ? "" : process.error().message);
  return process.ok() ? process.take() : nullptr;
}

inline CellOutcome run(CellProcessSpec spec) {
  const auto process = start(std::move(spec));
  return process ? process->outcome() : CellOutcome{};
}

inline std::string failure_of(CellFork::Body body, std::chrono::nanoseconds time_limit = no_limit) {
  const CellOutcome outcome = run(spec_of(std::move(body), time_limit));
  EXPECT_FALSE(outcome.result.has_value());
  return outcome.failure.value_or(Failure{"no failure"}).message;
}

// All of the children of this process are gone.
inline void expect_reaped() {
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

[[noreturn]] inline void loop_for_ever() {
  volatile uint64_t turns = 0;
  for (;;) turns = turns + 1;
}

}  // namespace daxlab
