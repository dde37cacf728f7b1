#include "core/registry/probe_answer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/registry/option_words.h"

namespace daxlab {
namespace {

using Json = nlohmann::json;

// Texts come from the plugin: bytes that are no UTF-8 are replaced, not thrown over.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json encode_option(const Option& option) {
  Json choices = Json::array();
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

OptionDescription decode_option(const Json& json) {
  OptionDescription option;
  option.name = json.at("name").get<std::string>();
  option.help = json.at("help").get<std::string>();
  option.type = static_cast<OptionType>(json.at("type").get<uint32_t>());
  option.unit = static_cast<OptionUnit>(json.at("unit").get<uint32_t>());
  option.default_value = json.at("default").get<uint64_t>();
  option.minimum = json.at("minimum").get<uint64_t>();
  option.maximum = json.at("maximum").get<uint64_t>();
  option.choices = json.at("choices").get<std::vector<std::string>>();
  return option;
}

}  // namespace

std::string encode_refusal(std::string_view message) { return dump({{"refusal", message}}); }

std::string encode_info(const PluginInfo& info) {
  Json options = Json::array();
  for (uint32_t i = 0; i < info.options.count; ++i) {
    options.push_back(encode_option(info.options.options[i]));
  }
  return dump({{"name", info.name},
               {"summary", info.summary},
               {"signal_safe", info.flags == PluginFlags::signal_safe},
               {"options", options}});
}

ErrorOr<PluginDescription> decode_answer(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    if (json.contains("refusal")) return Error{json.at("refusal").get<std::string>()};
    PluginDescription description;
    description.name = json.at("name").get<std::string>();
    description.summary = json.at("summary").get<std::string>();
    description.signal_safe = json.at("signal_safe").get<bool>();
    for (const Json& option : json.at("options")) {
      description.options.push_back(decode_option(option));
    }
    return description;
  } catch (const Json::exception& error) {
    return Error{
        fmt::format("its probe sent what cannot be read ({}); does the plugin write to "
                    "descriptors that are not its own?",
                    error.what())};
  }
}

}  // namespace daxlab
