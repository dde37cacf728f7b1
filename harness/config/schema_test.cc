#include "harness/config/schema.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <random>
#include <regex>
#include <sstream>

#include "core/base/json.h"
#include "harness/config/config_loader.h"
#include "harness/config/fixture_test.h"
#include "harness/config/keys.h"
#include "harness/config/number_pattern.h"
#include "harness/config/option_values.h"
#include "harness/config/quantity.h"
#include "harness/config/schema_judge_test.h"
#include "harness/config/shipped_configs_test.h"

namespace daxlab {
namespace {

TEST(Schema, CheckedInIsThatOfThisTree) {
  const std::filesystem::path path =
      std::filesystem::path(DAXLAB_SOURCE_DIR) / "configs" / "daxlab.schema.json";
  std::ifstream file(path, std::ios::binary);
  const std::string checked_in{std::istreambuf_iterator<char>(file), {}};
  // Not EXPECT_EQ: nobody wants to read both.
  EXPECT_TRUE(checked_in == shipped_schema())
      << "configs/daxlab.schema.json is out of date. Make it again, with the daxlab of this tree:\n"
         "  build/release/bin/daxlab schema > configs/daxlab.schema.json";
}

TEST(Schema, AcceptsEveryShippedConfig) {
  const SchemaJudge judge(shipped_schema());
  for (const std::filesystem::path& path : shipped_configs()) {
    const ErrorOr<std::string> text = read_config_file(path);
    ASSERT_TRUE(text.ok()) << text.error().message;
    const auto refusal = judge.refusal(text.value());
    EXPECT_FALSE(refusal.has_value()) << path << "\n" << *refusal;
    const ErrorOr<Config> config = load_config(path, overrides_for(path), shipped_registry());
    EXPECT_TRUE(config.ok()) << config.error().message;
  }
}

TEST(Schema, AcceptsOtherPluginsByNameWithAnyOptions) {
  const auto accepts = [](const std::string& fault) {
    return !test_schema().refusal("workloads: all\nfault: " + fault + "\n").has_value();
  };
  EXPECT_TRUE(accepts("my_zero"));
  EXPECT_TRUE(accepts("{name: my_zero, speed: 4KiB, quick: true, share: 0.5}"));
  EXPECT_TRUE(accepts("{name: my_zero, speed: [4KiB, 8KiB]}"));
  EXPECT_FALSE(accepts("{name: my_zero, speed: [[1]]}"));
  EXPECT_FALSE(accepts("{name: global_zero, speed: 4KiB}"));
  EXPECT_FALSE(accepts("{name: My_zero}"));
  EXPECT_FALSE(accepts("../my_zero"));
  EXPECT_FALSE(accepts(std::string(65, 'a')));
}

// An option of such a name could not be given.
TEST(Schema, NoOptionHasTheNameOfAKey) {
  std::vector<std::string> keys = names_of(workload_keys());
  keys.emplace_back("name");
  for (const WorkloadDescription* workload : all_workloads()) {
    for (const OptionDescription& option : describe_options(workload->options)) {
      EXPECT_EQ(std::count(keys.begin(), keys.end(), option.name), 0)
          << option.name << " of " << workload->name;
    }
  }
}

// "description" is what an editor shows beside a key.
TEST(Schema, DescribesEveryKey) {
  const Json schema = json_or_null(shipped_schema());
  const std::function<void(const Json&, const std::string&)> check = [&](const Json& node,
                                                                         const std::string& place) {
    if (node["additionalProperties"] == false) {
      for (const auto& [key, value] : node["properties"].members()) {
        const bool is_described = value.contains("description") || value.contains("const");
        EXPECT_TRUE(is_described) << place << "/" << key;
      }
    }
    for (const auto& [key, value] : node.members()) check(value, place + "/" + key);
    for (size_t i = 0; i < node.items().size(); ++i) {
      check(node[i], place + "/" + std::to_string(i));
    }
  };
  check(schema, "");
}

// The patterns of the schema take exactly what the loader takes.
TEST(NumberPattern, MatchesWhatTheLoaderReads) {
  std::mt19937_64 random(11);
  const auto any_number = [&] { return random() >> (random() % 64); };
  for (int i = 0; i < 100; ++i) {
    const OptionUnit unit =
        std::array{OptionUnit::none, OptionUnit::bytes, OptionUnit::nanoseconds}[random() % 3];
    uint64_t minimum = random() % 4 == 0 ? 0 : any_number();
    uint64_t maximum = random() % 8 == 0 ? UINT64_MAX : any_number();
    if (minimum > maximum) std::swap(minimum, maximum);
    const std::regex pattern(quantity_pattern(unit, minimum, maximum));
    const auto check = [&](const std::string& text) {
      const ErrorOr<uint64_t> value = parse_quantity(text, unit);
      const bool in_range = value.ok() && value.value() >= minimum && value.value() <= maximum;
      EXPECT_EQ(std::regex_search(text, pattern), in_range)
          << text << " of " << minimum << " to " << maximum;
    };
    for (const char* text :
         {"", "0", "00", "-1", "+1", "1.5", "1e3", "4 KiB", "KiB", "1KB", "1s1"}) {
      check(text);
    }
    std::vector<uint64_t> near = {minimum, maximum, any_number()};
    for (const UnitSuffix& suffix : suffixes_of(unit)) {
      near.insert(near.end(), {minimum / suffix.factor, maximum / suffix.factor});
    }
    for (const uint64_t number : near) {
      for (const uint64_t beside : {number - 1, number, number + 1}) {
        check(std::to_string(beside));
        check("00" + std::to_string(beside));
        for (const char* suffix : {"B", "KiB", "MiB", "TiB", "ns", "us", "s", "min", "h"}) {
          check(std::to_string(beside) + suffix);
        }
      }
    }
  }
}

TEST(NumberPattern, IsReadable) {
  EXPECT_EQ(quantity_pattern(OptionUnit::none, 1, 64), "^0*(([1-9]|[1-5][0-9]|6[0-4]))$");
  EXPECT_EQ(quantity_pattern(OptionUnit::pages, 7, 7), "^0*(7)$");
}

}  // namespace
}  // namespace daxlab
