// What an editor with the JSON Schema would say of a config.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/config/node.h"

namespace daxlab {

class SchemaJudge {
 public:
  explicit SchemaJudge(const std::string& schema);
  ~SchemaJudge();

  // nullopt: accepted; otherwise why not.
  std::optional<std::string> refusal(const Node& tree) const;
  // Also of what is no YAML, or whose overrides cannot be applied.
  std::optional<std::string> refusal(std::string_view text,
                                     const std::vector<std::string>& overrides = {}) const;

 private:
  struct Schema;
  std::unique_ptr<Schema> schema_;
};

// For the plugins and workloads of the fixture.
const SchemaJudge& test_schema();

}  // namespace daxlab
