// Standard input, output and error, as every program of daxlab has them. All that daxlab says to a
// person, a pipe or a log goes through here.
#pragma once

#include <fmt/format.h>
#include <signal.h>

#include <cstdio>
#include <string_view>

namespace daxlab {

// First in main(). A stream that is closed is opened on /dev/null, for reading only: else the next
// file that daxlab opens would have its number, and be printed into. From here on a write that
// nobody reads (SIGPIPE), or that makes a file too large (SIGXFSZ), is an error of that write.
void take_standard_streams();

// The signals that are ignored for that. A program that is executed shall not inherit it: they do
// again what they do by default, in this process or in one that is spawned with the set.
void restore_write_signals();
sigset_t write_signals();

// `text` as printable_lines() shows it. To stdout it is buffered. What cannot be written is
// remembered: see send_output().
void print_to(std::FILE* stream, std::string_view text);

template <class... Values>
void print(fmt::format_string<Values...> format, Values&&... values) {
  print_to(stdout, fmt::format(format, std::forward<Values>(values)...));
}

template <class... Values>
void print_error(fmt::format_string<Values...> format, Values&&... values) {
  print_to(stderr, fmt::format(format, std::forward<Values>(values)...));
}

// Sends what is buffered. Whether all that was printed so far, on both streams, has been written.
bool send_output();

}  // namespace daxlab
