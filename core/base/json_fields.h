// Reads a map of JSON that must be of a certain form: the first thing that is not is kept, and what
// is read after it is left as it was.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"

namespace daxlab {

class JsonFields {
 public:
  // Both outlive this; several may share a problem. The problem, too, when `json` is no map:
  // "'name' is no text", "'name' is missing".
  JsonFields(const Json& json, std::optional<std::string>& problem);

  // The value of that key, which must be there, and hold what the number has room for.
  void read(std::string_view key, bool& value) const;
  void read(std::string_view key, uint32_t& value) const;
  void read(std::string_view key, uint64_t& value) const;
  void read(std::string_view key, int64_t& value) const;
  void read(std::string_view key, double& value) const;
  void read(std::string_view key, std::string& value) const;
  void read(std::string_view key, std::vector<std::string>& value) const;
  // Null, and the problem, when it is of another type.
  const Json& map(std::string_view key) const;
  const std::vector<Json>& list(std::string_view key) const;

  bool has(std::string_view key) const { return json_.contains(key); }
  // Read when it is there.
  template <class Value>
  void read_if_there(std::string_view key, Value& value) const {
    if (has(key)) read(key, value);
  }
  template <class Value>
  void read_if_there(std::string_view key, std::optional<Value>& value) const {
    if (has(key)) read(key, value.emplace());
  }

 private:
  void report(std::string_view key, std::string_view expected) const;
  template <class Value>
  void take(std::string_view key, const std::optional<Value>& found, Value& value,
            std::string_view expected) const;

  const Json& json_;
  std::optional<std::string>& problem_;
};

}  // namespace daxlab
