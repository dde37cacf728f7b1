#include "harness/commands/list.h"

#include <gtest/gtest.h>

#include "core/base/json.h"

namespace daxlab {
namespace {

Registry::Listing made_up_listing() {
  OptionDescription around;
  around.name = "around";
  around.help = "Pages per fault.";
  around.unit = OptionUnit::pages;
  around.default_value = 1;
  around.minimum = 1;
  around.maximum = 512;
  OptionDescription limit = around;
  limit.name = "limit";
  limit.maximum = UINT64_MAX;
  OptionDescription keep;
  keep.name = "keep_own";
  keep.help = "Keeps it.";
  keep.type = OptionType::boolean;
  OptionDescription page;
  page.name = "zero_page";
  page.help = "Which one.";
  page.type = OptionType::choice;
  page.default_value = 1;
  page.choices = {"own", "kernel"};

  PluginDescription fault;
  fault.name = "some_fault";
  fault.summary = "Does things.";
  fault.path = "/plugins/fault/some_fault.so";
  fault.abi = 1;
  fault.options = {around, limit, keep, page};
  PluginDescription alloc;
  alloc.kind = PluginKind::alloc;
  alloc.name = "some_alloc";
  alloc.summary = "Hands out.";
  alloc.path = "/plugins/hazards/some_alloc.so";
  alloc.abi = 1;
  alloc.hazard = true;
  return {{fault, alloc}, {{"/plugins/broken.so: not an ELF file"}}};
}

TEST(List, TextNamesPluginsOptionsAndRefusals) {
  EXPECT_EQ(listing_as_text(made_up_listing(), {}, true),
            "fault\n"
            "  some_fault: Does things.\n"
            "    ABI 1, /plugins/fault/some_fault.so\n"
            "    around:     1..512 pages, default 1. Pages per fault.\n"
            "    limit:      1 or more pages, default 1. Pages per fault.\n"
            "    keep_own:   true | false, default false. Keeps it.\n"
            "    zero_page:  own | kernel, default kernel. Which one.\n"
            "\n"
            "alloc\n"
            "  some_alloc (hazard): Hands out.\n"
            "    ABI 1, /plugins/hazards/some_alloc.so\n"
            "    not called in faults: they take from a reserve of blocks\n"
            "\n"
            "refused\n"
            "  /plugins/broken.so: not an ELF file\n");
}

TEST(List, HazardsAreCountedUntilTheyAreAskedFor) {
  const std::string text = listing_as_text(made_up_listing(), {});
  EXPECT_EQ(text.find("some_alloc"), std::string::npos);
  EXPECT_EQ(text.find("alloc\n"), std::string::npos) << "a kind of which nothing is shown";
  EXPECT_NE(text.find("\nNot shown: plugins that are wrong on purpose, 1. See --hazards\n"),
            std::string::npos);
}

TEST(List, HazardsThatAreNotBuiltCanBe) {
  Registry::Listing listing = made_up_listing();
  std::erase_if(listing.plugins, [](const PluginDescription& plugin) { return plugin.hazard; });
  const std::string how = "cmake --build /tree --target hazard_plugins";
  EXPECT_TRUE(listing_as_text(listing, {}, true, how).ends_with(" is there: " + how + "\n"));
  EXPECT_TRUE(listing_as_text(listing, {}, true).ends_with(" is there\n"));
  EXPECT_EQ(listing_as_text(listing, {}, false, how).find(how), std::string::npos) << "not asked";
  EXPECT_EQ(listing_as_text(made_up_listing(), {}, true, how).find(how), std::string::npos);
}

TEST(List, WorkloadsComeWithWhatTheyAccept) {
  static const Option options[] = {
      integer_option("size", OptionUnit::bytes, 16 << 20, 4096, uint64_t{1} << 40, "Of the file")};
  const WorkloadDescription some = {.name = "some_load",
                                    .summary = "how long it takes",
                                    .options = options,
                                    .axes = axis_fault | axis_alloc,
                                    .needs_region = true,
                                    .multi_threaded = true};
  const WorkloadDescription other = {.name = "other",
                                     .summary = "nothing",
                                     .options = no_options,
                                     .axes = axis_write,
                                     .needs_region = false,
                                     .multi_threaded = false,
                                     .timed = true};
  const WorkloadDescription* const table[] = {&some, &other};
  const std::string text = listing_as_text({}, table);
  EXPECT_EQ(text.substr(text.find("\nworkload\n")),
            "\nworkload\n"
            "  some_load: how long it takes\n"
            "    axes fault, alloc; threads; not on baseline\n"
            "    size:  4KiB..1TiB, default 16MiB. Of the file\n"
            "  other: nothing\n"
            "    axes write; runtime\n");
  const Json json = json_or_null(listing_as_json({}, table))["workloads"];
  EXPECT_EQ(json[0]["axes"], Json::list({"fault", "alloc"}));
  EXPECT_EQ(json[0]["options"][0]["default"], 16 << 20);
  EXPECT_EQ(json[1]["runtime"], true);
  EXPECT_EQ(json[1]["baseline"], true);
}

TEST(List, AnEmptyListingSaysWhatToDo) {
  EXPECT_NE(listing_as_text({}, {}).find("--plugin-path"), std::string::npos);
}

TEST(List, JsonHasTheKeysOfEachType) {
  const Json json = json_or_null(listing_as_json(made_up_listing(), {}));
  ASSERT_EQ(json["plugins"].size(), 2u);
  const Json& options = json["plugins"][0]["options"];
  EXPECT_EQ(options[0]["unit"], "pages");
  EXPECT_EQ(options[0]["maximum"], 512);
  EXPECT_EQ(options[1]["maximum"], UINT64_MAX);
  EXPECT_EQ(options[2]["default"], false);
  EXPECT_EQ(options[3]["default"], "kernel");
  EXPECT_EQ(json["plugins"][1]["kind"], "alloc");
  EXPECT_EQ(json["plugins"][1]["hazard"], true);
  EXPECT_EQ(json["refused"][0], "/plugins/broken.so: not an ELF file");
}

TEST(List, ADefaultThatNamesNoWordIsShownAsSuch) {
  Registry::Listing listing = made_up_listing();
  listing.plugins[0].options[3].default_value = 7;
  EXPECT_NE(listing_as_text(listing, {}).find("default none of them"), std::string::npos);
}

}  // namespace
}  // namespace daxlab
