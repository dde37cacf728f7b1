#include "harness/config/bad_config_test.h"

#include "harness/config/fixture_test.h"
#include "harness/config/schema_judge_test.h"

namespace daxlab {

void PrintTo(const BadConfig& bad, std::ostream* stream) {
  *stream << bad.text.substr(0, 300);
  for (const std::string& override_text : bad.overrides) *stream << "\n--set " << override_text;
}

TEST_P(BadConfigTest, IsRefusedWithItsMessage) {
  const ErrorOr<Config> config = resolve(GetParam().text, GetParam().overrides);
  ASSERT_FALSE(config.ok());
  // Newer versions of the library name the anchor, behind a colon.
  std::string message = config.error().message;
  const std::string unknown_anchor = "the referenced anchor is not defined";
  const size_t at = message.find(unknown_anchor + ": ");
  if (at != std::string::npos) message.resize(at + unknown_anchor.size());
  EXPECT_EQ(message, GetParam().message);
}

TEST_P(BadConfigTest, IsRefusedByTheSchemaTooUnlessItCannotKnow) {
  const auto refusal = test_schema().refusal(GetParam().text, GetParam().overrides);
  if (GetParam().schema_cannot_know == nullptr) {
    EXPECT_TRUE(refusal.has_value()) << "the schema accepts it; " << GetParam().message;
  } else {
    EXPECT_FALSE(refusal.has_value()) << "the schema does know, remove the mark '"
                                      << GetParam().schema_cannot_know << "': " << *refusal;
  }
}

}  // namespace daxlab
