#include "core/base/json_fields.h"

#include <gtest/gtest.h>

namespace daxlab {
namespace {

struct Everything {
  bool is_set = false;
  uint32_t small = 0;
  uint64_t large = 0;
  int64_t less = 0;
  double ratio = 0;
  std::string text;
  std::vector<std::string> texts;
  std::optional<uint64_t> maybe, never;
  uint64_t otherwise = 77;
};

Everything read_everything(const Json& json, std::optional<std::string>& problem) {
  const JsonFields fields(json, problem);
  Everything read;
  fields.read("is_set", read.is_set);
  fields.read("small", read.small);
  fields.read("large", read.large);
  fields.read("less", read.less);
  fields.read("ratio", read.ratio);
  fields.read("text", read.text);
  fields.read("texts", read.texts);
  fields.read_if_there("maybe", read.maybe);
  fields.read_if_there("never", read.never);
  fields.read_if_there("otherwise", read.otherwise);
  return read;
}

const Json good = {{"is_set", true},
                   {"small", UINT32_MAX},
                   {"large", UINT64_MAX},
                   {"less", -5},
                   {"ratio", 3},
                   {"text", "t"},
                   {"texts", Json::list({"a", "b"})},
                   {"maybe", 4}};

TEST(JsonFields, ReadWhatIsThere) {
  std::optional<std::string> problem;
  const Everything read = read_everything(good, problem);
  EXPECT_FALSE(problem.has_value()) << *problem;
  EXPECT_TRUE(read.is_set);
  EXPECT_EQ(read.small, UINT32_MAX);
  EXPECT_EQ(read.large, UINT64_MAX);
  EXPECT_EQ(read.less, -5);
  EXPECT_EQ(read.ratio, 3.0);
  EXPECT_EQ(read.text, "t");
  EXPECT_EQ(read.texts, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(read.maybe, 4u);
  EXPECT_FALSE(read.never.has_value());
  EXPECT_EQ(read.otherwise, 77u);
}

TEST(JsonFields, NameWhatIsMissingOrOfAnotherType) {
  const std::pair<const char*, Json> wrong[] = {{"is_set", 1},     {"small", uint64_t{1} << 32},
                                                {"large", -1},     {"less", UINT64_MAX},
                                                {"ratio", "3"},    {"text", 3},
                                                {"texts", "a"},    {"texts", Json::list({1})},
                                                {"maybe", "four"}, {"otherwise", nullptr}};
  for (const auto& [key, value] : wrong) {
    Json json = good;
    json.set(key, value);
    std::optional<std::string> problem;
    read_everything(json, problem);
    ASSERT_TRUE(problem.has_value()) << key;
    EXPECT_TRUE(problem->starts_with("'" + std::string(key) + "' is no ")) << *problem;
  }
  Json json = good;
  json.remove("less");
  std::optional<std::string> problem;
  const Everything read = read_everything(json, problem);
  EXPECT_EQ(problem, "'less' is missing");
  EXPECT_EQ(read.text, "");  // after it nothing is read
}

TEST(JsonFields, OnlyTheFirstProblemIsKept) {
  std::optional<std::string> problem;
  const Json list = Json::list({1});
  const JsonFields fields(list, problem);
  EXPECT_EQ(problem, "it is no map");
  EXPECT_TRUE(fields.list("a").empty());
  EXPECT_TRUE(fields.map("a").is_null());
  EXPECT_EQ(problem, "it is no map");
}

}  // namespace
}  // namespace daxlab
