#include "harness/commands/read_command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <deque>
#include <sstream>
#include <string_view>

namespace daxlab {
namespace {

// A command as CLI11 sees it.
struct ParsedCommand {
  Command* command;
  CommandTable table;
  CLI::App* parser;
  std::vector<CLI::Option*> options;  // as in the table
  std::deque<std::string> words;      // where those of optional targets stay meanwhile
};

bool is_flag_with_word(const CommandOption& option) { return option.value[0] == '['; }

// What the parser makes of such a flag without a word.
constexpr std::string_view no_word = "true";

bool is_argument(const CommandOption& option) { return option.name[0] != '-'; }

// Several values: each with the option's name before it, or, of an argument, one after the other.
CLI::Option* add_list(CLI::App& parser, const CommandOption& option,
                      std::vector<std::string>& into) {
  CLI::Option* added = parser.add_option(option.name, into, option.help);
  if (is_argument(option)) return added;
  return added->expected(1)->allow_extra_args(false)->multi_option_policy(
      CLI::MultiOptionPolicy::TakeAll);
}

CLI::Option* add_word(CLI::App& parser, const CommandOption& option, std::string& into) {
  return parser.add_option(option.name, into, option.help);
}

CLI::Option* add_number(CLI::App& parser, const CommandOption& option, uint64_t& into) {
  CLI::Option* added = parser.add_option(option.name, into, option.help);
  if (option.limits) added->check(CLI::Range(option.limits->first, option.limits->last));
  return added;
}

struct OptionAdder {
  CLI::App& parser;
  const CommandOption& option;
  std::deque<std::string>& words;

  CLI::Option* operator()(bool* into) const {
    return parser.add_flag(option.name, *into, option.help);
  }
  CLI::Option* operator()(uint64_t* into) const { return add_number(parser, option, *into); }
  CLI::Option* operator()(std::string* into) const { return add_word(parser, option, *into); }
  CLI::Option* operator()(std::optional<std::string>*) const {
    if (is_flag_with_word(option)) {
      return parser.add_flag(option.name, words.emplace_back(), option.help);
    }
    return add_word(parser, option, words.emplace_back());
  }
  CLI::Option* operator()(std::vector<std::string>* into) const {
    return add_list(parser, option, *into);
  }
};

void add_options(ParsedCommand& parsed) {
  for (const CommandOption& option : parsed.table.options) {
    CLI::Option* added = std::visit(OptionAdder{*parsed.parser, option, parsed.words}, option.into);
    if (option.required) added->required();
    if (!std::holds_alternative<bool*>(option.into)) added->type_name(option.value);
    parsed.options.push_back(added);
  }
}

class CommandLineParser {
 public:
  CommandLineParser(const std::vector<Command*>& commands, const std::string& version)
      : app_("What DAX fault, write and allocation strategies cost, and whether they are right.",
             "daxlab") {
    app_.set_version_flag("--version", version);
    add_commands(app_, commands);
  }

  CommandLineReading read(int argc, const char* const* argv) {
    CommandLineReading reading;
    reading.line.words.assign(argv, argv + argc);
    if (argc == 0) reading.line.words = {"daxlab"};
    reading.chosen = taker_of_every_word(reading.line);
    if (reading.chosen != nullptr) return reading;
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      // Help and version come this way too.
      (error.get_exit_code() == 0 ? reading.shown : reading.problem) = text_of(error);
      return reading;
    }
    take(reading);
    return reading;
  }

 private:
  void add_commands(CLI::App& above, const std::vector<Command*>& commands) {
    above.require_subcommand(1);
    for (Command* command : commands) {
      CommandTable table = command->table();
      CLI::App* parser = above.add_subcommand(table.name, table.help);
      ParsedCommand& parsed =
          commands_.emplace_back(ParsedCommand{command, std::move(table), parser, {}, {}});
      add_options(parsed);
      if (!parsed.table.subcommands.empty()) add_commands(*parser, parsed.table.subcommands);
    }
  }

  Command* taker_of_every_word(const TypedLine& line) const {
    if (line.words.size() < 2) return nullptr;
    for (const ParsedCommand& parsed : commands_) {
      if (parsed.table.takes_every_word && line.words[1] == parsed.table.name) {
        return parsed.command;
      }
    }
    return nullptr;
  }

  // What was given to the last command of the line.
  void take(CommandLineReading& reading) const {
    const CLI::App* last = &app_;
    while (!last->get_subcommands().empty()) last = last->get_subcommands().front();
    for (const ParsedCommand& parsed : commands_) {
      if (parsed.parser != last) continue;
      auto words = parsed.words.begin();
      for (size_t i = 0; i < parsed.options.size(); ++i) {
        const CommandOption& option = parsed.table.options[i];
        const bool was_given = parsed.options[i]->count() > 0;
        if (was_given) reading.line.given.emplace_back(option.name);
        if (auto* const* into = std::get_if<std::optional<std::string>*>(&option.into)) {
          if (was_given) **into = is_flag_with_word(option) && *words == no_word ? "" : *words;
          ++words;
        }
      }
      reading.chosen = parsed.command;
    }
  }

  std::string text_of(const CLI::ParseError& error) const {
    if (error.get_exit_code() != 0) return usage_error_text(error);
    std::ostringstream text;
    app_.exit(error, text, text);
    return text.str();
  }

  // The parser knows of a word that it could not use only whose it is.
  std::string usage_error_text(const CLI::ParseError& error) const {
    const CLI::App* at = &app_;
    std::string command = app_.get_name();
    while (!at->get_subcommands().empty()) {
      at = at->get_subcommands().front();
      command += " " + at->get_name();
    }
    std::string what = error.what();
    const auto known = at->get_subcommands([](const CLI::App*) { return true; });
    if (!known.empty() && error.get_name() == "RequiredError") {
      std::vector<std::string> names;
      for (const CLI::App* one : known) names.push_back(one->get_name());
      const std::vector<std::string> words = at->remaining();
      what = fmt::format("{}; expected one of {}",
                         words.empty() ? "a subcommand is missing"
                                       : fmt::format("there is no subcommand '{}'", words.front()),
                         fmt::join(names, ", "));
    }
    return fmt::format("{}: {}\nHow it is used: {} --help\n", command, what, command);
  }

  CLI::App app_;
  std::deque<ParsedCommand> commands_;  // of every depth; the parser keeps pointers into them
};

}  // namespace

CommandLineReading read_command_line(const std::vector<Command*>& commands,
                                     const std::string& version, int argc,
                                     const char* const* argv) {
  return CommandLineParser(commands, version).read(argc, argv);
}

}  // namespace daxlab
