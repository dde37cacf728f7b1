#include "harness/run/standard_streams.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "core/registry/child_process.h"

namespace daxlab {
namespace {

std::string printed(std::string_view text) {
  std::FILE* file = std::tmpfile();
  print_to(file, text);
  std::rewind(file);
  std::string read(100, '\0');
  read.resize(std::fread(read.data(), 1, read.size(), file));
  std::fclose(file);
  return read;
}

// The exit status of a process that does it.
int status_of(const std::function<int()>& body) {
  const auto outcome = run_in_child([&](int) { _exit(body()); }, std::chrono::seconds(60));
  return outcome.ok() ? outcome.value().exit_status.value_or(-1) : -1;
}

TEST(StandardStreams, ControlCharactersAreShownAndLinesStay) {
  EXPECT_EQ(printed("a\x1b[1mb\n\tc\n"), "a\\x1b[1mb\n\tc\n");
}

TEST(StandardStreams, ClosedOnesAreOpenedForReadingOnly) {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    EXPECT_EQ(status_of([&] {
                close(number);
                take_standard_streams();
                const int next = open("/dev/null", O_RDWR);
                return next > STDERR_FILENO && write(number, "x", 1) == -1 ? 0 : 1;
              }),
              0)
        << number;
  }
}

TEST(StandardStreams, OpenOnesStayAsTheyAre) {
  EXPECT_EQ(status_of([] {
              int ends[2];
              if (pipe(ends) != 0 || dup2(ends[1], STDOUT_FILENO) < 0) return 1;
              take_standard_streams();
              print("{}", 7);
              char read_back = 0;
              return send_output() && read(ends[0], &read_back, 1) == 1 && read_back == '7' ? 0 : 1;
            }),
            0);
}

TEST(StandardStreams, WhatCannotBeWrittenIsRememberedAndKillsNobody) {
  for (const bool is_error : {false, true}) {
    EXPECT_EQ(status_of([&] {
                int ends[2];
                if (pipe(ends) != 0) return 1;
                if (dup2(ends[1], is_error ? STDERR_FILENO : STDOUT_FILENO) < 0) return 1;
                close(ends[0]);
                take_standard_streams();
                if (!send_output()) return 1;
                is_error ? print_error("x") : print("x");
                return send_output() ? 1 : 0;
              }),
              0);
  }
}

TEST(StandardStreams, ProgramsThatAreExecutedHaveTheirSignals) {
  const auto outcome = run_in_child(
      [](int) {
        take_standard_streams();
        restore_write_signals();
        raise(SIGPIPE);
      },
      std::chrono::seconds(60));
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome.value().signal_number, SIGPIPE);
}

}  // namespace
}  // namespace daxlab
