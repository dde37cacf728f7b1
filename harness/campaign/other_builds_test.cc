#include "harness/campaign/other_builds.h"

#include <gtest/gtest.h>

namespace daxlab {
namespace {

Config a_config_with(PluginKind kind, const std::string& name, const std::string& content_hash) {
  PluginDescription plugin;
  plugin.kind = kind;
  plugin.name = name;
  plugin.path = "/now/" + name + ".so";
  plugin.content_hash = content_hash;
  Config config;
  config.plugins = {plugin};
  return config;
}

RunRecord a_record_with(const std::string& content_hash) {
  RecordedCell cell;
  cell.plugins = {{"alloc", "first_fit", "/then/first_fit.so", content_hash}};
  RunRecord record;
  record.cell = std::make_shared<RecordedCell>(cell);
  return record;
}

TEST(OtherBuilds, AreToldOnceForEachBuild) {
  const Config now = a_config_with(PluginKind::alloc, "first_fit", "aa");
  OtherBuilds builds("old.json");
  builds.compare(a_record_with("aa"), now);
  EXPECT_TRUE(builds.warnings().empty());
  builds.compare(a_record_with("bb"), now);
  builds.compare(a_record_with("bb"), now);
  builds.compare(a_record_with("cc"), now);
  ASSERT_EQ(builds.warnings().size(), 2u);
  EXPECT_EQ(
      builds.warnings()[0],
      "alloc plugin 'first_fit' (/now/first_fit.so) is not the one that old.json was measured "
      "with: its content hash is aa, there it is bb (/then/first_fit.so)");
}

TEST(OtherBuilds, APluginThatIsNotUsedAnyMoreIsNone) {
  OtherBuilds builds("old.json");
  builds.compare(a_record_with("bb"), a_config_with(PluginKind::alloc, "per_cpu", "aa"));
  builds.compare(a_record_with("bb"), a_config_with(PluginKind::fault, "first_fit", "aa"));
  EXPECT_TRUE(builds.warnings().empty());
}

}  // namespace
}  // namespace daxlab
