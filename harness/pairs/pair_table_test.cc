#include "harness/pairs/pair_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "core/registry/registry.h"
#include "harness/config/config.h"

namespace daxlab {
namespace {

using testing::Contains;

Registry& shipped() {
  static Registry registry(SearchPath{.folders = {DAXLAB_PLUGIN_FOLDER}, .allow_writable = true});
  return registry;
}

const std::vector<PluginDescription>& shipped_faults() {
  static const auto faults = [] {
    auto plugins = shipped().list().plugins;
    std::erase_if(plugins, [](const PluginDescription& plugin) {
      return plugin.kind != PluginKind::fault || plugin.hazard;
    });
    return plugins;
  }();
  return faults;
}

const std::vector<PairRow>& rows() {
  static const std::vector<PairRow> all = pair_rows(shipped_faults());
  return all;
}

std::vector<std::string> variants() {
  std::vector<std::string> names;
  for (const PluginDescription& plugin : shipped_faults()) {
    for (const StrategyVariant& variant : variants_of(plugin)) {
      names.push_back(variant.choice.dump());
    }
  }
  return names;
}

TEST(PairTable, AStrategyComesWithEveryCombinationOfItsOptions) {
  const std::vector<std::string> all = variants();
  EXPECT_EQ(all.size(),
            6u * 2 * 2 + 6 + 6 + 1);  // global_zero, page_zero, alloc_on_read, native_zero
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
  EXPECT_THAT(all, Contains(R"({"name":"native_zero"})"));
  for (const char* around : {"1", "2", "3", "16", "64", "512"}) {
    const std::string with = std::string(R"(","around":)") + around;
    EXPECT_THAT(all, Contains(R"({"name":"page_zero)" + with + "}"));
    EXPECT_THAT(all, Contains(R"({"name":"alloc_on_read)" + with + "}"));
    for (const char* page : {"kernel", "own"}) {
      for (const char* keeps : {"true", "false"}) {
        EXPECT_THAT(all, Contains(R"({"name":"global_zero)" + with + R"(,"zero_page":")" + page +
                                  R"(","keep_own":)" + keeps + "}"));
      }
    }
  }
}

TEST(PairTable, OptionsHaveNoValueThatTheyDoNotTake) {
  OptionDescription around, limit, mode;
  around.name = "around";
  around.minimum = 2;
  around.maximum = 60;
  limit.name = "limit";
  limit.maximum = 9;
  mode.name = "mode";
  mode.type = OptionType::choice;
  mode.choices = {"a", "b"};
  PluginDescription plugin;
  plugin.name = "mine";
  plugin.options = {around, limit, mode};
  std::vector<std::string> names;
  for (const StrategyVariant& variant : variants_of(plugin)) {
    names.push_back(variant.choice.dump());
  }
  EXPECT_THAT(names, testing::ElementsAre(R"({"name":"mine","around":2,"mode":"a"})",
                                          R"({"name":"mine","around":2,"mode":"b"})",
                                          R"({"name":"mine","around":3,"mode":"a"})",
                                          R"({"name":"mine","around":3,"mode":"b"})",
                                          R"({"name":"mine","around":16,"mode":"a"})",
                                          R"({"name":"mine","around":16,"mode":"b"})"));
}

TEST(PairTable, EveryTwoValuesMeetInSomeRow) {
  std::vector<std::set<std::string>> values(6);
  std::set<std::tuple<size_t, std::string, size_t, std::string>> met;
  for (const PairRow& row : rows()) {
    const std::vector<std::string> names = {row.workload,
                                            row.fault.choice.dump(),
                                            std::to_string(row.threads),
                                            std::to_string(row.mappings),
                                            name_of(row.medium),
                                            row.userfaultfd_forbidden ? "forbidden" : "allowed"};
    for (size_t a = 0; a < names.size(); ++a) {
      values[a].insert(names[a]);
      for (size_t b = a + 1; b < names.size(); ++b) met.insert({a, names[a], b, names[b]});
    }
  }
  const std::vector<std::string> all = variants();
  EXPECT_EQ(values[0], (std::set<std::string>{"punch_storm", "truncate_regrow", "mixed",
                                              "write_after_hole_read"}));
  EXPECT_EQ(values[1], std::set<std::string>(all.begin(), all.end()));
  EXPECT_EQ(values[2], (std::set<std::string>{"1", "2", "16"}));
  EXPECT_EQ(values[3], (std::set<std::string>{"1", "5"}));
  EXPECT_EQ(values[4], (std::set<std::string>{"memfd", "file"}));
  EXPECT_EQ(values[5], (std::set<std::string>{"allowed", "forbidden"}));
  size_t pairs = 0;
  for (size_t a = 0; a < values.size(); ++a) {
    for (size_t b = a + 1; b < values.size(); ++b) pairs += values[a].size() * values[b].size();
  }
  EXPECT_EQ(met.size(), pairs);
}

TEST(PairTable, CellsAreAsLargeAsTheyMustBeAndNoLarger) {
  for (const PairRow& row : rows()) {
    EXPECT_GE(row.file_pages(), 4 * row.fault.around_pages) << row.workload;
    EXPECT_LE(row.mapped_pages(), most_mapped_pages) << row.workload;
  }
}

TEST(PairTable, EachRowIsAConfigOfOneCellAsItSays) {
  std::set<std::string> names;
  for (const PairRow& row : rows()) {
    const std::string text = config_text(row, "/x/region.pmem");
    const auto config = load_config_text("row", text, {}, shipped());
    ASSERT_TRUE(config.ok()) << config.error().message << "\n" << text;
    ASSERT_EQ(config.value().cells.size(), 1u) << text;
    const Cell& cell = config.value().cells.front();
    EXPECT_EQ(cell.workload.name, row.workload);
    EXPECT_EQ(cell.threads, row.threads);
    EXPECT_EQ(cell.engine, EngineKind::mmu);
    EXPECT_EQ(cell.medium, row.medium);
    EXPECT_EQ(cell.fault.name, row.fault.choice["name"].text());
    EXPECT_EQ(cell.userfaultfd_forbidden, row.userfaultfd_forbidden);
    EXPECT_EQ(cell.region_path.string(), row.medium == MediumKind::file ? "/x/region.pmem" : "");
    EXPECT_TRUE(row.medium != MediumKind::file || cell.create == CreateRegion::always);
    const std::string mappings = "mappings=" + std::to_string(row.mappings);
    EXPECT_NE(cell.name().find(mappings), std::string::npos) << cell.name();
    names.insert(cell.name() + (cell.userfaultfd_forbidden ? " forbidden" : " allowed"));
  }
  EXPECT_EQ(names.size(), rows().size());
}

}  // namespace
}  // namespace daxlab
