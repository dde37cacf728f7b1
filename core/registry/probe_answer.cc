#include "core/registry/probe_answer.h"

#include <fmt/format.h>

#include <optional>

#include "core/base/json.h"
#include "core/base/json_fields.h"
#include "core/registry/option_words.h"

namespace daxlab {
namespace {

Json encode_option(const Option& option) {
  Json choices = Json::list();
  if (option.type == OptionType::choice) choices = split_choices(option.choices);
  return {{"name", option.name},
          {"help", option.help},
          {"type", static_cast<uint32_t>(option.type)},
          {"unit", static_cast<uint32_t>(option.unit)},
          {"default", option.default_value},
          {"minimum", option.minimum},
          {"maximum", option.maximum},
          {"choices", choices}};
}

OptionDescription decode_option(const JsonFields& fields) {
  OptionDescription option;
  uint32_t type = 0, unit = 0;
  fields.read("name", option.name);
  fields.read("help", option.help);
  fields.read("type", type);
  fields.read("unit", unit);
  fields.read("default", option.default_value);
  fields.read("minimum", option.minimum);
  fields.read("maximum", option.maximum);
  fields.read("choices", option.choices);
  option.type = static_cast<OptionType>(type);
  option.unit = static_cast<OptionUnit>(unit);
  return option;
}

PluginDescription decode_info(const Json& json, std::optional<std::string>& problem) {
  const JsonFields fields(json, problem);
  PluginDescription description;
  fields.read("name", description.name);
  fields.read("summary", description.summary);
  fields.read("signal_safe", description.signal_safe);
  for (const Json& option : fields.list("options")) {
    description.options.push_back(decode_option({option, problem}));
  }
  return description;
}

}  // namespace

// Texts come from the plugin: their bytes may be no UTF-8.
std::string encode_refusal(const Error& error) {
  return Json{{"refusal", error.message}, {"shortage", error.is_shortage}}.dump();
}

std::string encode_info(const PluginInfo& info) {
  Json options = Json::list();
  for (uint32_t i = 0; i < info.options.count; ++i) {
    options.add(encode_option(info.options.options[i]));
  }
  return Json{{"name", info.name},
              {"summary", info.summary},
              {"signal_safe", info.flags == PluginFlags::signal_safe},
              {"options", options}}
      .dump();
}

ErrorOr<PluginDescription> decode_answer(std::string_view text) {
  Json json;
  std::optional<std::string> problem;
  PluginDescription description;
  if (const auto no_json = read_json(text, json)) {
    problem = no_json->what;
  } else if (const std::string* refusal = json["refusal"].as_text()) {
    Error error(*refusal);
    error.is_shortage = json["shortage"].as_bool().value_or(false);
    return error;
  } else {
    description = decode_info(json, problem);
  }
  if (!problem) return description;
  return Error{
      fmt::format("its probe sent what cannot be read ({}); does the plugin write to "
                  "descriptors that are not its own?",
                  *problem)};
}

}  // namespace daxlab
