// Threads that go on beside each other while the kernel has room for another mapping at one moment
// and none at the next: much is refused, and nobody sees anything older than was seen before.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "harness/failures/kernel_calls.h"
#include "harness/failures/limited_child.h"
#include "harness/strategies/each_strategy.h"

namespace daxlab {
namespace {

constexpr uint64_t shared_pages = 32, thread_count = 3, view_count = 3;
constexpr uint64_t all_pages = shared_pages * (1 + thread_count);
constexpr uint64_t limit_in_threads_cases = 12;

// A word of each page is each thread's own, and counts up. Behind these pages, each thread has some
// for itself, which it punches too.
class SharedPages {
 public:
  explicit SharedPages(Lab& lab) : file_(lab.files().create("file").take()) {
    EXPECT_TRUE(file_->truncate(all_pages * page_bytes).ok());
    for (auto& view : views_) view = file_->map({0, all_pages}).take();
  }

  // One operation of a thread, the n-th. What is wrong with it; empty as a rule.
  std::string operate(uint64_t thread, uint64_t n, std::mt19937_64& random) {
    const std::string wrong = operate_once(thread, n, random);
    // After a mistake, which ends the thread, nobody waits any more.
    over_ += wrong.empty() ? 1 : uint64_t{1} << 40;
    return wrong;
  }
  // When there is room again and nobody else is here: all is there, and nothing refused.
  std::string look_at_all() {
    for (uint64_t word = 0; word < known_.size(); ++word) {
      const uint64_t page = word / thread_count, owner = word % thread_count;
      for (const auto& view : views_) {
        const auto seen = view->try_load(at(page, owner));
        if (seen.ok() && seen.value() == known_[word]) continue;
        return fmt::format("page {}, word of thread {}, at the end: expected {}, seen {} ({})",
                           page, owner, known_[word].load(), seen.ok() ? seen.value() : 0,
                           describe(seen.code()));
      }
    }
    return {};
  }
  uint64_t refused() const { return refused_; }
  // Until so many operations more have come to an end.
  void wait_for(uint64_t operations) const {
    const uint64_t wanted = over_.load() + operations;
    while (over_.load() < wanted) std::this_thread::yield();
  }

 private:
  std::string operate_once(uint64_t thread, uint64_t n, std::mt19937_64& random) {
    const bool alone = random() % 2 == 0;
    const uint64_t page =
        alone ? random() % shared_pages + shared_pages * (1 + thread) : random() % shared_pages;
    View& view = *views_[random() % view_count];
    const uint64_t kind = random() % 12;
    if (kind < 3) return changed(thread, page, n, view.try_store(at(page, thread), n));
    if (kind < 5) return changed(thread, page, n, write(at(page, thread), n));
    if (alone && kind == 5)
      return changed(thread, page, 0, file_->punch({page * page_bytes, page_bytes}));
    const uint64_t owner = alone ? thread : random() % thread_count;
    const uint64_t before = known(page, owner).load();
    const auto seen = kind < 10 ? view.try_load(at(page, owner)) : read(at(page, owner));
    if (!seen.ok()) return count(seen.status());
    if (owner == thread ? seen.value() == before : seen.value() >= before) return {};
    return fmt::format("page {}, word of thread {}, {}: expected {}, seen {}", page, owner,
                       kind < 10 ? "loaded" : "read", before, seen.value());
  }
  static uint64_t at(uint64_t page, uint64_t thread) { return page * page_bytes + thread * 8; }
  std::atomic<uint64_t>& known(uint64_t page, uint64_t thread) {
    return known_[page * thread_count + thread];
  }
  std::string count(Status status) {
    if (!status.ok()) ++refused_;
    return status.code() == ErrorCode::no_space ? "no space" : "";
  }
  std::string changed(uint64_t thread, uint64_t page, uint64_t n, Status status) {
    if (status.ok()) known(page, thread) = n;
    return count(status);
  }
  Status write(uint64_t offset_bytes, uint64_t value) {
    return file_->write(offset_bytes, std::as_bytes(std::span(&value, 1))).status();
  }
  Result<uint64_t> read(uint64_t offset_bytes) {
    uint64_t value = 0;
    const auto count = file_->read(offset_bytes, std::as_writable_bytes(std::span(&value, 1)));
    if (!count.ok()) return count.status();
    return value;
  }

  std::unique_ptr<File> file_;
  std::array<std::unique_ptr<View>, view_count> views_;
  std::array<std::atomic<uint64_t>, all_pages * thread_count> known_{};
  std::atomic<uint64_t> refused_{0}, over_{0};
};

std::string run_at_the_limit(const NamedLab& named) {
  auto lab = make_lab(named);
  SharedPages shared(*lab);
  std::atomic<bool> begun{false}, over{false};
  std::array<std::string, thread_count> wrong;
  {
    std::vector<std::jthread> running;
    for (uint64_t thread = 0; thread < thread_count; ++thread) {
      running.emplace_back([&, thread] {
        std::mt19937_64 random(first_seed() * thread_count + thread);
        while (!begun) std::this_thread::yield();
        for (uint64_t n = 1; !over && wrong[thread].empty(); ++n)
          wrong[thread] = shared.operate(thread, n, random);
      });
    }
    ManyMappings many;
    many.fill(0);
    if (!many.full()) wrong[0] = "vm.max_map_count is too high to be reached";
    begun = true;
    std::mt19937_64 random(first_seed());
    for (uint64_t round = rounds_by_each(240, limit_in_threads_cases); round > 0; --round) {
      shared.wait_for(300);
      many.give_back(random() % 24);
      shared.wait_for(100);
      if (random() % 3 != 0) many.take_rest();
    }
    over = true;
    running.clear();
    many.free();
  }
  for (const std::string& one : wrong) {
    if (!one.empty()) return one;
  }
  if (lab->failure()) return *lab->failure();
  if (shared.refused() == 0) return "nothing was refused";
  return shared.look_at_all();
}

class LimitInThreads : public testing::TestWithParam<std::tuple<std::string, std::string, bool>> {};

TEST_P(LimitInThreads, OfKernelMappingsLosesNothing) {
  if (sanitized) GTEST_SKIP() << "a sanitizer's own memory needs kernel mappings";
  const auto [fault, write, forbidden] = GetParam();
  const NamedLab named{.fault = fault, .write = write, .region_bytes = uint64_t{2} << 20};
  EXPECT_EQ(in_child([&, forbidden = forbidden] {
              start({.userfaultfd_forbidden = forbidden});
              return run_at_the_limit(named);
            }),
            "");
}

std::string name_of_threads_case(const testing::TestParamInfo<LimitInThreads::ParamType>& info) {
  const auto& [fault, write, forbidden] = info.param;
  return test_name({fault + "/" + write, 0}) + (forbidden ? "_without_userfaultfd" : "");
}

INSTANTIATE_TEST_SUITE_P(Strategies, LimitInThreads,
                         testing::Combine(testing::Values("page_zero", "global_zero",
                                                          "native_zero"),
                                          testing::Values("partial", "atomic"), testing::Bool()),
                         name_of_threads_case);

}  // namespace
}  // namespace daxlab
