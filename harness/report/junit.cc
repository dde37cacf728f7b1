#include "harness/report/junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace daxlab {
namespace {

constexpr std::string_view replacement = "\uFFFD";

// Bytes of the UTF-8 sequence that begins `text` and encodes what XML 1.0 allows; 0: there is none.
size_t length_of_character(std::string_view text) {
  const auto byte = [&](size_t at) -> uint32_t {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
  };
  const uint32_t first = byte(0);
  if (first < 0x80) {
    return first >= 0x20 || first == '\t' || first == '\n' || first == '\r' ? 1 : 0;
  }
  const size_t length = first >= 0xf0 && first < 0xf8   ? 4
                        : first >= 0xe0 && first < 0xf0 ? 3
                        : first >= 0xc0 && first < 0xe0 ? 2
                                                        : 0;
  if (length == 0) return 0;
  uint32_t character = first & (0xffu >> (length + 1));
  for (size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xc0) != 0x80) return 0;
    character = character << 6 | (byte(at) & 0x3f);
  }
  constexpr uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = character >= 0xd800 && character < 0xe000;
  const bool is_nobody = character == 0xfffe || character == 0xffff;
  if (character < least[length] || character > 0x10ffff || is_surrogate || is_nobody) return 0;
  return length;
}

std::string escaped(std::string_view text, bool attribute) {
  std::string result;
  while (!text.empty()) {
    const size_t length = length_of_character(text);
    if (length == 0) {
      result += replacement;
    } else if (text[0] == '&') {
      result += "&amp;";
    } else if (text[0] == '<') {
      result += "&lt;";
    } else if (text[0] == '>') {
      result += "&gt;";
    } else if (text[0] == '"' && attribute) {
      result += "&quot;";
    } else if (text[0] == '\r' || (attribute && (text[0] == '\n' || text[0] == '\t'))) {
      result += fmt::format("&#{};", static_cast<int>(text[0]));  // a reader would make it a blank
    } else {
      result += text.substr(0, length);
    }
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return result;
}

std::string attribute(const char* name, const std::string& value) {
  return fmt::format(" {}=\"{}\"", name, escaped(value, true));
}

struct Counts {
  uint64_t tests = 0, failures = 0, skipped = 0;
  double time_s = 0;

  void add(const JunitCase& one) {
    ++tests;
    failures += one.failure ? 1 : 0;
    skipped += one.skipped ? 1 : 0;
    time_s += one.time_s;
  }
  std::string attributes() const {
    return fmt::format(" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"{:.3f}\"",
                       tests, failures, skipped, time_s);
  }
};

std::string to_xml(const JunitCase& one) {
  std::string xml = fmt::format("    <testcase{}{} time=\"{:.3f}\"", attribute("name", one.name),
                                attribute("classname", one.suite), one.time_s);
  if (!one.failure && !one.skipped) return xml + "/>\n";
  xml += ">\n";
  if (one.failure) {
    xml +=
        fmt::format("      <failure{}{}>{}</failure>\n", attribute("type", one.failure->kind),
                    attribute("message", one.failure->message), escaped(one.failure->text, false));
  }
  if (one.skipped) xml += fmt::format("      <skipped{}/>\n", attribute("message", *one.skipped));
  return xml + "    </testcase>\n";
}

}  // namespace

std::string to_junit(const std::vector<JunitCase>& cases) {
  Counts all;
  std::vector<std::string> suites;
  for (const JunitCase& one : cases) {
    all.add(one);
    if (std::ranges::find(suites, one.suite) == suites.end()) suites.push_back(one.suite);
  }
  std::string xml = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites{}{}>\n",
                                attribute("name", "daxlab"), all.attributes());
  for (const std::string& suite : suites) {
    Counts counts;
    std::string inside;
    for (const JunitCase& one : cases) {
      if (one.suite != suite) continue;
      counts.add(one);
      inside += to_xml(one);
    }
    xml += fmt::format("  <testsuite{}{}>\n{}  </testsuite>\n", attribute("name", suite),
                       counts.attributes(), inside);
  }
  return xml + "</testsuites>\n";
}

}  // namespace daxlab
