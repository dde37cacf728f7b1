// A subcommand of daxlab: a plain table that says what its command line looks like, and what it
// does then. read_command_line.h reads lines by these tables.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/error_or.h"

namespace daxlab {

// What a command returns becomes the exit status.
inline constexpr int exit_passed = 0;
inline constexpr int exit_failed = 1;  // a cell failed, or what was asked for could not be done
inline constexpr int exit_usage = 2;   // a wrong command line or config; nothing was run
inline constexpr int exit_interrupted = 130;

struct NumberLimits {
  uint64_t first, last;
};

// Where the parser puts what was given; what was not given leaves it as it is. A bool is a flag. A
// vector has every value in order: of an option that may be given several times with one value
// each, or of an argument of one or more words. An option whose value is called "[=WORD]" is a flag
// that may have one, behind '=' only; without it the text is empty.
using OptionTarget = std::variant<bool*, uint64_t*, std::string*, std::optional<std::string>*,
                                  std::vector<std::string>*>;

struct CommandOption {
  const char* name;        // "--seed"; an argument, told by its place, has no dashes
  const char* value = "";  // how help calls its value: "N"; empty for flags
  const char* help;
  OptionTarget into;
  bool required = false;
  std::optional<NumberLimits> limits = std::nullopt;  // both included; of numbers only
};

class Command;

struct CommandTable {
  const char* name;
  const char* help;
  std::vector<CommandOption> options = {};  // in the order of the help
  // When there are some, one of them must follow; they are owned by the command of this table.
  std::vector<Command*> subcommands = {};
  // Not read at all: the command gets every word behind its name, --help too.
  bool takes_every_word = false;
};

struct TypedLine {
  std::vector<std::string> words;  // all of it; the first is how the program was called
  std::vector<std::string> given;  // the options of the table that were given, in its order
  // For lines that are proposed: its whole path, or, when the shell has found it, its name.
  std::string program() const;
};

class Command {
 public:
  virtual ~Command() = default;
  // Asked once, before a line is read. Targets are members of the command.
  virtual CommandTable table() = 0;
  // When the targets are filled. Prints its result on stdout, and each error by fail(). The exit
  // status. Never called when the table has subcommands.
  virtual int run(const TypedLine& line);
};

// For what a program offers: see commands.h.
using MakeCommand = std::unique_ptr<Command> (*)();

// Prints "daxlab COMMAND: MESSAGE" and a newline on stderr; returns `status`.
int fail(const char* command, int status, const std::string& message);

// Of what keeps a command from beginning: exit_usage, or exit_failed when this process lacked
// something, which no other command line would change.
int fail_to_begin(const char* command, const Error& error);

}  // namespace daxlab
