#include "harness/config/schema_judge_test.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "harness/config/fixture_test.h"
#include "harness/config/override.h"
#include "harness/config/schema.h"
#include "harness/config/yaml_reader.h"

namespace daxlab {
namespace {

using nlohmann::json;
using valijson::adapters::NlohmannJsonAdapter;

// What YAML 1.2 (the core schema, as editors have it) takes a scalar for.
json scalar_as_json(const Node& node) {
  const std::string& text = node.text;
  if (node.quoted) return text;
  static const std::regex yes("true|True|TRUE"), no("false|False|FALSE");
  static const std::regex decimal("[-+]?[0-9]{1,18}"), octal("0o[0-7]{1,20}"),
      hexadecimal("0x[0-9a-fA-F]{1,15}"),
      real(R"([-+]?(\.[0-9]{1,30}|[0-9]{1,30}(\.[0-9]{0,30})?)([eE][-+]?[0-9]{1,2})?)");
  if (std::regex_match(text, yes)) return true;
  if (std::regex_match(text, no)) return false;
  if (std::regex_match(text, decimal)) return std::stoll(text);
  if (std::regex_match(text, octal)) return std::stoull(text.substr(2), nullptr, 8);
  if (std::regex_match(text, hexadecimal)) return std::stoull(text.substr(2), nullptr, 16);
  if (!std::regex_match(text, real)) return text;
  // Whole numbers that are small enough stay exact, as in most readers of JSON.
  const bool is_whole = text.find_first_not_of("0123456789") == std::string::npos;
  const json exact = is_whole ? json::parse(text, nullptr, false) : json();
  return exact.is_number_unsigned() ? exact : json(std::stod(text));
}

json as_json(const Node& node) {
  json value;
  switch (node.kind) {
    case Node::Kind::nothing:
      break;
    case Node::Kind::scalar:
      return scalar_as_json(node);
    case Node::Kind::list:
      value = json::array();
      for (const Node& item : node.items) value.push_back(as_json(item));
      break;
    case Node::Kind::map:
      value = json::object();
      for (const MapEntry& entry : node.entries) value[entry.key] = as_json(entry.value);
      break;
  }
  return value;
}

}  // namespace

struct SchemaJudge::Schema {
  valijson::Schema schema;
  // Keeps regular expressions once they are compiled.
  valijson::Validator validator{valijson::Validator::kStrongTypes};
};

SchemaJudge::SchemaJudge(const std::string& schema) : schema_(std::make_unique<Schema>()) {
  const json document = json::parse(schema);
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  parser.populateSchema(NlohmannJsonAdapter(document), schema_->schema);
}

SchemaJudge::~SchemaJudge() = default;

std::optional<std::string> SchemaJudge::refusal(const Node& tree) const {
  const json document = as_json(tree);
  valijson::ValidationResults results;
  if (schema_->validator.validate(schema_->schema, NlohmannJsonAdapter(document), &results)) {
    return std::nullopt;
  }
  valijson::ValidationResults::Error error;
  std::string reasons;
  while (results.popError(error)) {
    for (const std::string& step : error.context) reasons += step;
    reasons += ": " + error.description + "\n";
  }
  return reasons;
}

std::optional<std::string> SchemaJudge::refusal(std::string_view text,
                                                const std::vector<std::string>& overrides) const {
  FirstProblem problems("t.yaml", overrides);
  std::optional<Node> tree = read_yaml(text, 0, problems);
  for (uint32_t i = 0; tree && i < overrides.size(); ++i) {
    apply_override(*tree, overrides[i], i + 1, problems);
  }
  if (problems.any()) return problems.error().message;
  return refusal(*tree);
}

const SchemaJudge& test_schema() {
  static const SchemaJudge judge(config_schema(test_plugins(), test_workloads()));
  return judge;
}

}  // namespace daxlab
