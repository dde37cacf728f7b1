#include "core/base/printable.h"

#include <gtest/gtest.h>

#include "core/base/error_or.h"

namespace daxlab {
namespace {

TEST(Printable, ShowsControlCharactersAndSendsNone) {
  EXPECT_EQ(printable("a\x1b[2Jb"), "a\\x1b[2Jb");
  EXPECT_EQ(printable(std::string_view("\0\t\r\n\x7f", 5)), "\\x00\\x09\\x0d\\n\\x7f");
  EXPECT_EQ(printable("\xC2\x9B"
                      "2J"),
            "\\x9b2J");  // CSI in one character
}

TEST(Printable, KeepsCharactersAndShowsBytesThatAreNone) {
  EXPECT_EQ(printable("d\xC3\xA4x \xE2\x82\xAC \xF0\x9F\x98\x80"),
            "d\xC3\xA4x \xE2\x82\xAC \xF0\x9F\x98\x80");
  EXPECT_EQ(printable("\xFF\xC3"), "\\xff\\xc3");
  EXPECT_EQ(printable("\xED\xA0\x80"), "\\xed\\xa0\\x80");  // half of a pair
  EXPECT_EQ(printable("\xC0\x8A"), "\\xc0\\x8a");           // a line feed, too long
}

TEST(Printable, ChangesNothingTheSecondTime) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const std::string once = printable(all);
  EXPECT_EQ(printable(once), once);
  EXPECT_EQ(printable_lines(once), once);
}

TEST(Printable, LinesStayLines) {
  EXPECT_EQ(printable_lines("a\tb\n\x1b]0;c\a\n"), "a\tb\n\\x1b]0;c\\x07\n");
}

TEST(Printable, AnErrorIsOneLineWhateverItNames) {
  EXPECT_EQ(Error{"a\n::error::forged\x1b[1m: is not there"}.message,
            "a\\n::error::forged\\x1b[1m: is not there");
}

}  // namespace
}  // namespace daxlab
