// The real program, started as a user starts it.
#pragma once

#include <sys/types.h>

#include <array>
#include <string>
#include <vector>

namespace daxlab {

struct ProcessOutcome {
  int exit_status = -1;  // -1: ended by a signal
  int signal_number = 0;
  std::string out;
  std::string error;
};

// bin/daxlab of this build, or another program, while it runs, in a process group of its own.
// Failed assertions of the running test when something about it cannot be done.
class RunningProgram {
 public:
  // `environment` adds NAME=value to ours.
  static RunningProgram daxlab(const std::vector<std::string>& arguments,
                               const std::vector<std::string>& environment = {});
  static RunningProgram shell(const std::string& line);
  // Any other; `words` begin with its path.
  static RunningProgram of(const std::vector<std::string>& words,
                           const std::vector<std::string>& environment = {});
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;
  ~RunningProgram();  // killed, if nobody has waited for it

  void signal(int number) const;
  // The program and all that it has started, as a terminal does it.
  void signal_group(int number) const;
  // Until it ends; a cell's own time limit bounds it. Once.
  ProcessOutcome wait();

 private:
  RunningProgram(std::vector<std::string> words, std::vector<std::string> variables);

  pid_t process_ = -1;
  std::array<int, 2> streams_ = {-1, -1};  // what it writes to standard output and error
};

ProcessOutcome run_daxlab(const std::vector<std::string>& arguments,
                          const std::vector<std::string>& environment = {});

}  // namespace daxlab
