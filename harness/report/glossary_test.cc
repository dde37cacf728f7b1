#include "harness/report/glossary.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace daxlab {
namespace {

TEST(Glossary, HasEachCounterOnceWithAMeaning) {
  std::set<std::string> names;
  for (const CounterDescription& counter : glossary()) {
    EXPECT_TRUE(names.insert(counter.name).second) << counter.name;
    EXPECT_NE(std::string(counter.meaning), "") << counter.name;
    EXPECT_EQ(find_counter(counter.name), &counter);
  }
  EXPECT_EQ(find_counter("no_such_counter"), nullptr);
}

TEST(Glossary, UnitsAreThoseOfTheNames) {
  for (const CounterDescription& counter : glossary()) {
    const std::string name = counter.name, unit = counter.unit;
    EXPECT_EQ(name.ends_with("_ns"),
              unit == "ns" && !name.ends_with("_time") && !name.ends_with("_ns_per_page"))
        << name;
    EXPECT_EQ(name.ends_with("_percent"), unit == "percent") << name;
    EXPECT_TRUE(!name.ends_with("_bytes") || unit == "bytes") << name;
  }
}

TEST(Glossary, IsInTheReadmeOfConfigs) {
  std::ifstream file(DAXLAB_SOURCE_DIR "/configs/README.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(text.find("\n" + glossary_as_markdown() + "\n"), std::string::npos)
      << "expected there:\n\n"
      << glossary_as_markdown();
}

}  // namespace
}  // namespace daxlab
