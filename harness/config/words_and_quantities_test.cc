#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/config/nearest_name.h"
#include "harness/config/quantity.h"
#include "harness/config/quoted_text.h"
#include "harness/config/text_check.h"

namespace daxlab {
namespace {

uint64_t parsed(std::string_view text, OptionUnit unit) {
  const ErrorOr<uint64_t> value = parse_quantity(text, unit);
  EXPECT_TRUE(value.ok()) << text;
  return value.ok() ? value.value() : 0;
}

TEST(Quantity, ReadsEveryUnit) {
  EXPECT_EQ(parsed("17", OptionUnit::none), 17u);
  EXPECT_EQ(parsed("18446744073709551615", OptionUnit::pages), UINT64_MAX);
  EXPECT_EQ(parsed("17", OptionUnit::bytes), 17u);
  EXPECT_EQ(parsed("17B", OptionUnit::bytes), 17u);
  EXPECT_EQ(parsed("4KiB", OptionUnit::bytes), 4096u);
  EXPECT_EQ(parsed("64MiB", OptionUnit::bytes), uint64_t{64} << 20);
  EXPECT_EQ(parsed("1GiB", OptionUnit::bytes), uint64_t{1} << 30);
  EXPECT_EQ(parsed("16777215TiB", OptionUnit::bytes), uint64_t{16777215} << 40);
  EXPECT_EQ(parsed("3", OptionUnit::nanoseconds), 3u);
  EXPECT_EQ(parsed("3ns", OptionUnit::nanoseconds), 3u);
  EXPECT_EQ(parsed("5us", OptionUnit::nanoseconds), 5'000u);
  EXPECT_EQ(parsed("500ms", OptionUnit::nanoseconds), 500'000'000u);
  EXPECT_EQ(parsed("20s", OptionUnit::nanoseconds), 20'000'000'000u);
  EXPECT_EQ(parsed("2min", OptionUnit::nanoseconds), 120'000'000'000u);
  EXPECT_EQ(parsed("1h", OptionUnit::nanoseconds), 3'600'000'000'000u);
}

TEST(Quantity, RefusesAllElse) {
  for (const char* text : {"", " 1", "1 ", "+1", "-1", "1.0", "1e3", "0x10", "1_000", "KiB", "1KB",
                           "1kib", "1 KiB", "1KiBB", "1s", "16777216TiB", "99999999999999999999"}) {
    EXPECT_FALSE(parse_quantity(text, OptionUnit::bytes).ok()) << text;
  }
  EXPECT_FALSE(parse_quantity("1KiB", OptionUnit::nanoseconds).ok());
  EXPECT_FALSE(parse_quantity("5124096h", OptionUnit::nanoseconds).ok());
  EXPECT_FALSE(parse_quantity("1B", OptionUnit::blocks).ok());
}

TEST(Quantity, PrintsWhatItCanReadBack) {
  EXPECT_EQ(format_quantity(uint64_t{32} << 20, OptionUnit::bytes), "32MiB");
  EXPECT_EQ(format_quantity(1536, OptionUnit::bytes), "1536B");
  EXPECT_EQ(format_quantity(0, OptionUnit::bytes), "0");
  EXPECT_EQ(format_quantity(90'000'000'000, OptionUnit::nanoseconds), "90s");
  EXPECT_EQ(format_quantity(4096, OptionUnit::pages), "4096");
  for (const OptionUnit unit : {OptionUnit::none, OptionUnit::bytes, OptionUnit::nanoseconds}) {
    for (const uint64_t value :
         {uint64_t{0}, uint64_t{1}, uint64_t{1} << 41, uint64_t{60'000'000'000}, UINT64_MAX}) {
      EXPECT_EQ(parsed(format_quantity(value, unit), unit), value);
    }
  }
}

TEST(NearestName, FindsWhatWasMeant) {
  const std::vector<std::string> names = {"page_zero", "global_zero", "native_zero", "seed"};
  EXPECT_EQ(nearest_name("global_zer", names), "global_zero");
  EXPECT_EQ(nearest_name("golbal_zero", names), "global_zero");
  EXPECT_EQ(nearest_name("pagezero", names), "page_zero");
  EXPECT_EQ(nearest_name("sed", names), "seed");
  EXPECT_EQ(nearest_name("xyz", names), "");
  EXPECT_EQ(nearest_name("", names), "");
  EXPECT_EQ(nearest_name(std::string(100'000, 'a'), names), "");
  EXPECT_EQ(expected_names("sed", std::vector<std::string>{"seed", "path"}),
            "expected one of seed, path; did you mean 'seed'?");
}

TEST(QuotedText, StaysOnOneLine) {
  EXPECT_EQ(in_quotes("a\nb\x01\xFF"), "'a\\nb\\x01\\xff'");
  EXPECT_EQ(in_quotes(std::string(70, 'a')), "'" + std::string(60, 'a') + "...'");
  EXPECT_EQ(printable("\xC3\xA9\xC3\xA9", 1), "\xC3\xA9...");  // no character is cut in two
}

TEST(TextCheck, FindsTheFirstBadByte) {
  EXPECT_FALSE(find_bad_text("a\tb\r\n\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80").has_value());
  for (const char* bad : {"a\n \x7F", "a\n \xC3(", "a\n \xC0\xAF", "a\n \xE0\x80\xAF",
                          "a\n \xED\xA0\x80", "a\n \xF4\x90\x80\x80", "a\n \xE2\x82"}) {
    const std::optional<BadText> found = find_bad_text(bad);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->line, 2u);
    EXPECT_EQ(found->column, 2u);
  }
}

}  // namespace
}  // namespace daxlab
