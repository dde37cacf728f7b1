#include "core/base/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace daxlab {
namespace {

Json read(std::string_view text) {
  Json json;
  const auto problem = read_json(text, json);
  EXPECT_FALSE(problem.has_value()) << text << ": " << (problem ? problem->what : "");
  return json;
}

TEST(Json, IsBuiltAndReadByKeyAndIndex) {
  Json json = {{"name", "a"}, {"sizes", Json::list({1, 2.5, "x"})}, {"inner", {{"is_set", true}}}};
  json.set("words", std::vector<std::string>{"b", "c"});
  json.set("name", "d");
  EXPECT_EQ(json.dump(),
            R"({"name":"d","sizes":[1,2.5,"x"],"inner":{"is_set":true},"words":["b","c"]})");
  EXPECT_EQ(json["sizes"][1], 2.5);
  EXPECT_EQ(json["inner"]["is_set"], true);
  EXPECT_EQ(json["words"].items()[0].text(), "b");
  EXPECT_EQ(json.size(), 4u);
  json.remove("sizes");
  EXPECT_FALSE(json.contains("sizes"));
  EXPECT_EQ(json.members()[1].key, "inner");
}

TEST(Json, WhatIsNotThereReadsAsNull) {
  const Json json = {{"list", Json::list({1})}};
  EXPECT_TRUE(json["files"][0]["name"].is_null());
  EXPECT_TRUE(json["list"][1].is_null());
  EXPECT_TRUE(json["list"]["key"].is_null());
  EXPECT_TRUE(json[0].is_null());
  EXPECT_EQ(json["files"].text(), "");
  EXPECT_TRUE(json["files"].items().empty());
  EXPECT_EQ(json.find("files"), nullptr);
  EXPECT_FALSE(json["list"].contains("key"));
}

TEST(Json, NullBecomesWhatIsAddedToIt) {
  Json map, list;
  map.set("a", 1);
  EXPECT_EQ(map.dump(), "{\"a\":1}");
  list.add({{"a", 1}});
  EXPECT_EQ(list.dump(), "[{\"a\":1}]");
}

TEST(Json, NumbersAreReadAsWhatTheyFit) {
  EXPECT_EQ(read("18446744073709551615").as_unsigned(), UINT64_MAX);
  EXPECT_FALSE(read("18446744073709551615").as_signed().has_value());
  EXPECT_EQ(read("-9223372036854775808").as_signed(), INT64_MIN);
  EXPECT_FALSE(read("-1").as_unsigned().has_value());
  EXPECT_EQ(read("7").as_signed(), 7);
  EXPECT_EQ(read("7").as_double(), 7.0);
  EXPECT_FALSE(read("7.0").as_unsigned().has_value());
  // What no whole number holds is a double.
  EXPECT_EQ(read("18446744073709551616").as_double(), 18446744073709551616.0);
  EXPECT_FALSE(read("\"7\"").as_double().has_value());
  EXPECT_FALSE(read("1").as_bool().has_value());
}

TEST(Json, NumbersAreEqualByValueAndMapsInAnyOrder) {
  EXPECT_EQ(Json(1), Json(1.0));
  EXPECT_EQ(Json(int64_t{3}), Json(uint64_t{3}));
  EXPECT_NE(Json(-1), Json(UINT64_MAX));
  EXPECT_NE(Json(1), Json("1"));
  EXPECT_NE(Json(0), Json(false));
  EXPECT_NE(Json(), Json(0));
  EXPECT_EQ(read(R"({"a": 1, "b": [2]})"), read(R"({"b": [2], "a": 1})"));
  EXPECT_NE(read(R"({"a": 1})"), read(R"({"a": 1, "b": 2})"));
  EXPECT_NE(read(R"({"a": 1, "c": 2})"), read(R"({"a": 1, "b": 2})"));
  EXPECT_NE(read("[1, 2]"), read("[2, 1]"));
}

TEST(Json, IsWrittenWithTheIndentationOfPeople) {
  const Json json = {{"list", Json::list({1, Json::list(), Json::map()})},
                     {"map", {{"a", nullptr}}}};
  EXPECT_EQ(
      json.dump(2),
      "{\n  \"list\": [\n    1,\n    [],\n    {}\n  ],\n  \"map\": {\n    \"a\": null\n  }\n}");
  EXPECT_EQ(json.dump(), R"({"list":[1,[],{}],"map":{"a":null}})");
}

TEST(Json, ListsOfNumbersAndOfSuchListsHaveALineEach) {
  const Json points = Json::list({Json::list({1, 2}), Json::list({3, 4.5})});
  const Json json = {{"points", points}, {"words", Json::list({"a", 1})}};
  EXPECT_EQ(json.dump(1), "{\n \"points\": [[1,2],[3,4.5]],\n \"words\": [\n  \"a\",\n  1\n ]\n}");
  EXPECT_EQ(read(json.dump(1)), json);
}

TEST(Json, DoublesAreTheShortestThatComeBack) {
  EXPECT_EQ(Json(0.1).dump(), "0.1");
  EXPECT_EQ(Json(12.0).dump(), "12.0");
  EXPECT_EQ(Json(1e300).dump(), "1e+300");
  for (const double value : {1.0 / 3, 5e-324, std::numeric_limits<double>::max(), -0.0}) {
    EXPECT_EQ(read(Json(value).dump()).as_double(), value);
  }
  EXPECT_EQ(Json(std::nan("")).dump(), "null");
  EXPECT_EQ(Json(std::numeric_limits<double>::infinity()).dump(), "null");
}

TEST(Json, TextsAreEscapedAndBytesThatAreNoneReplaced) {
  EXPECT_EQ(Json("a\"\\\n\x01\x7F/").dump(), "\"a\\\"\\\\\\n\\u0001\\u007f/\"");
  EXPECT_EQ(Json("\xC3\xA9 \xFF").dump(), "\"\xC3\xA9 \xEF\xBF\xBD\"");
  EXPECT_EQ(Json("\xC3\xA9 \xFF").dump_ascii(), "\"\\u00e9 \\ufffd\"");
  EXPECT_EQ((Json{{"\xFF", 1}}.dump()), "{\"\xEF\xBF\xBD\":1}");
  EXPECT_EQ(read("\"\\u00e9\\ud83d\\ude00\""), "\xC3\xA9\xF0\x9F\x98\x80");
}

TEST(Json, KeysAreSortedHoweverDeep) {
  const Json json = read(R"({"b": [{"z": 1, "y": {"d": 2, "c": 3}}], "a": 4, "B": 5})");
  EXPECT_EQ(with_sorted_keys(json).dump(), R"({"B":5,"a":4,"b":[{"y":{"c":3,"d":2},"z":1}]})");
}

TEST(Json, OfAKeyThatIsThereTwiceTheLastValueStaysInTheFirstPlace) {
  EXPECT_EQ(read(R"({"a": 1, "b": 2, "a": 3, "c": 4, "b": {"a": 5, "a": 6}})").dump(),
            R"({"a":3,"b":{"a":6},"c":4})");
  // As fast as any other text of that length.
  std::string many = "{\"k\":0";
  for (int i = 0; i < 200'000; ++i) many += ",\"k" + std::to_string(i % 100'000) + "\":1";
  EXPECT_EQ(read(many + "}").size(), 100'001u);
}

TEST(Json, WhatIsNoJsonIsToldWithItsByte) {
  Json json = "as it was";
  const auto byte_of = [&](std::string_view text) {
    const auto problem = read_json(text, json);
    EXPECT_TRUE(problem && problem->is_syntax) << text;
    return problem ? problem->byte : 0;
  };
  EXPECT_EQ(byte_of(""), 1u);
  EXPECT_EQ(byte_of("{\"a\": x}"), 7u);
  EXPECT_EQ(byte_of("[1, 2"), 6u);
  EXPECT_EQ(byte_of("[1] 2"), 5u);
  EXPECT_EQ(byte_of("\"\xFF\""), 2u);
  EXPECT_EQ(json, "as it was");
  const auto parsed = parse_json("[1, 2");
  ASSERT_FALSE(parsed.ok());
  EXPECT_TRUE(parsed.error().message.starts_with("parse error at line 1, column 6: "))
      << parsed.error().message;
  EXPECT_TRUE(json_or_null("[1, 2").is_null());
}

TEST(Json, WhatCannotBeKeptIsNoErrorOfItsForm) {
  Json json;
  const auto large = read_json("[1e999]", json);
  ASSERT_TRUE(large.has_value());
  EXPECT_FALSE(large->is_syntax);
  EXPECT_TRUE(large->what.starts_with("number overflow parsing '1e999'")) << large->what;
  const std::string deep(deepest_json, '[');
  EXPECT_FALSE(read_json(deep + std::string(deepest_json, ']'), json).has_value());
  const auto deeper = read_json("[" + deep, json);
  ASSERT_TRUE(deeper.has_value());
  EXPECT_EQ(deeper->what, "nested more than 256 deep");
  EXPECT_FALSE(deeper->is_syntax);
  EXPECT_TRUE(read_json(std::string(1 << 20, '{'), json).has_value());
}

}  // namespace
}  // namespace daxlab
