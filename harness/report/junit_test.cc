#include "harness/report/junit.h"

#include <gtest/gtest.h>

namespace daxlab {
namespace {

std::string message_in_xml(const std::string& message) {
  const std::string xml =
      to_junit({{.suite = "s", .name = "n", .failure = JunitFailure{"wrong answer", message, ""}}});
  const std::string before = "message=\"";
  const size_t at = xml.find(before) + before.size();
  return xml.substr(at, xml.find('"', at) - at);
}

std::string text_in_xml(const std::string& text) {
  const std::string xml =
      to_junit({{.suite = "s", .name = "n", .failure = JunitFailure{"crash", "m", text}}});
  const std::string before = "message=\"m\">";
  const size_t at = xml.find(before) + before.size();
  return xml.substr(at, xml.find("</failure>", at) - at);
}

TEST(Junit, ADocumentHasSuitesInTheirOrderWithTheirCounts) {
  const std::string xml = to_junit({
      {.suite = "b", .name = "passes", .time_s = 1.25},
      {.suite = "a", .name = "is left out", .skipped = "not here"},
      {.suite = "b", .name = "fails", .time_s = 0.5, .failure = JunitFailure{"hang", "it", "all"}},
  });
  EXPECT_EQ(xml,
            R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="daxlab" tests="3" failures="1" errors="0" skipped="1" time="1.750">
  <testsuite name="b" tests="2" failures="1" errors="0" skipped="0" time="1.750">
    <testcase name="passes" classname="b" time="1.250"/>
    <testcase name="fails" classname="b" time="0.500">
      <failure type="hang" message="it">all</failure>
    </testcase>
  </testsuite>
  <testsuite name="a" tests="1" failures="0" errors="0" skipped="1" time="0.000">
    <testcase name="is left out" classname="a" time="0.000">
      <skipped message="not here"/>
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST(Junit, NothingIsADocumentToo) {
  EXPECT_EQ(to_junit({}),
            R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="daxlab" tests="0" failures="0" errors="0" skipped="0" time="0.000">
</testsuites>
)");
}

TEST(Junit, WhatXmlMeansSomethingByIsEscaped) {
  EXPECT_EQ(message_in_xml("a<b>&\"c'"), "a&lt;b&gt;&amp;&quot;c'");
  EXPECT_EQ(message_in_xml("one\ntwo\tthree"), "one&#10;two&#9;three");
  EXPECT_EQ(text_in_xml("a<b>&\"c'\n]]>"), "a&lt;b&gt;&amp;\"c'\n]]&gt;");
}

TEST(Junit, WhatXmlForbidsIsReplaced) {
  const std::string mark = "\uFFFD";
  EXPECT_EQ(text_in_xml(std::string("a\0b\x1b[1m", 6)), "a" + mark + "b" + mark + "[1");
  EXPECT_EQ(text_in_xml("\xff\xfe"), mark + mark);
  EXPECT_EQ(text_in_xml("cut \xe2\x82"), "cut " + mark + mark);
  EXPECT_EQ(text_in_xml("\xc0\x80 overlong"), mark + mark + " overlong");
  EXPECT_EQ(text_in_xml("\xed\xa0\x80 surrogate"), mark + mark + mark + " surrogate");
  EXPECT_EQ(text_in_xml("\xef\xbf\xbe"), mark + mark + mark);
}

TEST(Junit, OtherLanguagesStay) {
  EXPECT_EQ(text_in_xml("µs, 2 × 3, 😀"), "µs, 2 × 3, 😀");
  EXPECT_EQ(message_in_xml("größer"), "größer");
}

}  // namespace
}  // namespace daxlab
