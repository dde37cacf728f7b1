// What somebody without this source tree does: an allocator in a folder of their own, one compiler
// command, a copy of the SDK headers, and its name.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>

#include "core/registry/loaded_plugin.h"
#include "core/registry/plugin_workshop.h"
#include "core/registry/registry.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;

// Hands out blocks in order and takes back only the latest ones; enough to see calls arrive.
constexpr const char* bump_source = R"(
#include <daxlab/alloc.h>

namespace {
using namespace daxlab;

class Bump final : public Allocator {
 public:
  Bump(Host& host, const OptionValues& options)
      : host_(host), step_(options[0]), journal_(static_cast<uint64_t*>(host.arena(4096))) {}

  Status init(Geometry geometry) noexcept override {
    if (journal_ == nullptr) return ErrorCode::no_memory;
    next_ = geometry.first_block;
    end_ = geometry.end_block;
    return {};
  }
  Status mark_used(Extent extent) noexcept override {
    if (extent.end() > next_) next_ = extent.end();
    return {};
  }
  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    host_.lock(word_);
    const Extent answer{next_, request.min_blocks * step_};
    const bool fits = answer.end() <= end_;
    if (fits) next_ = answer.end();
    journal_[host_.shard()] += 1;
    host_.unlock(word_);
    if (!fits) return ErrorCode::no_space;
    return answer;
  }
  void free(Extent extent) noexcept override {
    if (extent.end() == next_) next_ = extent.block;
  }
  FreeSpace free_space() const noexcept override { return {end_ - next_, end_ - next_}; }

 private:
  Host& host_;
  uint64_t step_;
  uint64_t* journal_;
  uint32_t word_ = 0;
  uint64_t next_ = 0, end_ = 0;
};

constexpr Option options[] = {
    integer_option("step", OptionUnit::blocks, 1, 1, 8, "blocks for each that is asked for")};
}  // namespace

DAXLAB_ALLOC_PLUGIN(bump, Bump, "blocks in order", options, PluginFlags::signal_safe);
)";

class TestHost final : public Host {
 public:
  void lock(uint32_t& word) noexcept override {
    EXPECT_EQ(word, 0u);
    word = 1;
    ++locked;
  }
  void unlock(uint32_t& word) noexcept override { word = 0; }
  uint32_t shard() noexcept override { return 3; }
  void relax() noexcept override {}
  void* arena(uint64_t length_bytes) noexcept override {
    memory = std::make_unique<uint64_t[]>(length_bytes / sizeof(uint64_t));
    return memory.get();
  }

  int locked = 0;
  std::unique_ptr<uint64_t[]> memory;
};

class ExternalPluginTest : public testing::Test {
 protected:
  ErrorOr<LoadedPlugin> load_bump() {
    fs::create_directories(workshop_.folder() / "sdk");
    fs::copy(PluginWorkshop::sdk() / "daxlab", workshop_.folder() / "sdk/daxlab");
    workshop_.build("mine/bump.so", bump_source, PluginWorkshop::shared_flags(),
                    workshop_.folder() / "sdk");
    Registry registry(SearchPath{{workshop_.folder() / "mine"}, false});
    const auto found = registry.find(PluginKind::alloc, "bump");
    if (!found.ok()) return found.error();
    return LoadedPlugin::load(found.value(), log_);
  }

  PluginWorkshop workshop_;
  CallLog log_;
};

TEST_F(ExternalPluginTest, IsBuiltByOneCommandAndRunsByItsName) {
  auto loaded = load_bump();
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  const AllocPlugin* plugin = loaded.value().alloc();
  ASSERT_NE(plugin, nullptr);
  EXPECT_TRUE(loaded.value().description().signal_safe);
  TestHost host;
  const uint64_t values[] = {2};
  Allocator* allocator = plugin->create(host, {values, 1});
  ASSERT_NE(allocator, nullptr);
  ASSERT_TRUE(allocator->init({10, 20}).ok());
  ASSERT_TRUE(allocator->mark_used({10, 2}).ok());
  EXPECT_EQ(allocator->free_space().free_blocks, 8u);

  const Result<Extent> first = allocator->allocate({0, 3, 3, 1});
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first.value(), (Extent{12, 6}));
  EXPECT_EQ(allocator->allocate({0, 2, 2, 1}).code(), ErrorCode::no_space);
  allocator->free(first.value());
  EXPECT_EQ(allocator->free_space().free_blocks, 8u);
  EXPECT_EQ(host.locked, 2);
  EXPECT_EQ(host.memory[3], 2u);
  plugin->destroy(allocator);
}

TEST_F(ExternalPluginTest, StaysLoadedAsLongAsACopyLives) {
  auto loaded = load_bump();
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  LoadedPlugin copy = loaded.value();
  loaded.value() = LoadedPlugin();
  EXPECT_EQ(loaded.value().alloc(), nullptr);
  ASSERT_NE(copy.alloc(), nullptr);
  EXPECT_STREQ(copy.alloc()->info.name, "bump");
}

}  // namespace
}  // namespace daxlab
