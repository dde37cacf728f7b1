#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "harness/workloads/lie_cases_test.h"

namespace daxlab {
namespace {

auto nth(uint64_t n, auto lie) {
  return [n, lie, count = std::make_shared<std::atomic<uint64_t>>(0)](
             File& file, uint64_t at, std::span<const std::byte> from) {
    return ++*count == n ? lie(file, at, from) : file.write(at, from);
  };
}

TEST(Mixed, NoticesWhatNobodyWroteAndWhatWentBack) {
  const Options size{{"size", 16 * page_bytes}, {"operations", 1000}};
  Options calls = size, mapped = size, fsync = size;
  calls["through"] = 2;
  mapped["through"] = 1;
  fsync["fsync_every"] = 10;
  const auto dropped = [](File&, uint64_t, std::span<const std::byte> from) {
    return Result<uint64_t>(from.size());
  };
  const auto half = [](File& file, uint64_t at, std::span<const std::byte> from) {
    return file.write(at, from.first(from.size() / 2));
  };
  const auto page_too_far = [](View& view, uint64_t, uint64_t at, uint64_t value) {
    view.store(at / page_bytes == 6 ? at + page_bytes : at, value);
  };
  const auto stale_second_mapping = [](const View& view, uint64_t mapping, uint64_t at) {
    return mapping == 2 && at >= 4 * page_bytes ? uint64_t{0} : view.load(at);
  };
  const auto bit = [](File&, uint64_t at, std::span<std::byte> bytes) {
    if (at == 5 * page_bytes) bytes[100] ^= std::byte{1};
  };
  const auto short_read = [](File& file, uint64_t at, std::span<std::byte> into) {
    return file.read(at, into.first(into.size() / 2));
  };
  // Of one word, the first value that is not zero is shown for ever.
  const auto first_seen = [word = std::make_shared<std::atomic<uint64_t>>(0)](
                              const View& view, uint64_t, uint64_t at) {
    const uint64_t value = view.load(at);
    if (at != 3 * page_bytes) return value;
    if (*word == 0) *word = value;
    return word->load();
  };
  expect_found({
      {"a word of nobody",
       "mixed",
       mapped,
       {.load = ghost},
       {"mixed: file 'data' offset 36864: expected ", "seen 0x77, which nobody has written there",
        "(through mapping "}},
      {"a bit that read() turned",
       "mixed",
       calls,
       {.after_read = bit},
       {"offset 20576: expected ", "(through read)"}},
      {"a short read",
       "mixed",
       calls,
       {.read = short_read},
       {"mixed: file 'data': read of 4096 bytes at offset ",
        " returned 2048 before the end of the file"}},
      {"a mapping that stays zero",
       "mixed",
       size,
       {.load = stale_second_mapping},
       {"or a later one, seen 0x0 (through mapping 2)"}},
      {"a version that comes back",
       "mixed",
       mapped,
       {.load = first_seen},
       {"offset 12288: expected version ", "or a later one, seen version "}},
      {"stores in the next page",
       "mixed",
       mapped,
       {.store = page_too_far},
       {"mixed: file 'data' offset 2"}},
      {"a dropped write",
       "mixed",
       calls,
       {.write = nth(400, dropped)},
       {"mixed: file 'data' offset ", "(through read)"}},
      {"a short write", "mixed", calls, {.write = nth(400, half)}, {" was short: 2048"}},
      {"a sync that fails",
       "mixed",
       fsync,
       {.sync = refused},
       {"mixed: file 'data': sync: input/output error"}},
      {"a word of nobody, beside others",
       "mixed",
       size,
       {.load = ghost},
       {"offset 36864: expected ", "seen 0x77, which nobody has written there"},
       3},
  });
}

TEST(Mixed, OfReadersAndWritersEachDoesOneThing) {
  const auto files = baseline_in_memory();
  std::atomic<uint64_t> loads = 0, stores = 0;
  std::mutex mutex;
  std::map<std::thread::id, std::set<char>> done;
  const auto note = [&](char what) {
    const std::lock_guard guard(mutex);
    done[std::this_thread::get_id()].insert(what);
  };
  Lies counting;
  counting.read = [&](File& file, uint64_t at, std::span<std::byte> into) {
    ++loads;
    note('r');
    return file.read(at, into);
  };
  counting.write = [&](File& file, uint64_t at, std::span<const std::byte> from) {
    ++stores;
    note('w');
    return file.write(at, from);
  };
  LyingFileSystem honest(*files, counting);
  const Options options{{"size", 16 * page_bytes},
                        {"operations", 500},
                        {"through", 2},
                        {"readers", 4},
                        {"writers", 1},
                        {"read_share", 0}};
  const TestRun run = run_workload(honest, "mixed", options, 5);
  EXPECT_FALSE(run.failure) << message_of(run);
  EXPECT_EQ(run.operations, 500u);
  EXPECT_EQ(stores, 100u);
  EXPECT_GE(loads, 400u);
  done.erase(std::this_thread::get_id());  // verifies at the end
  EXPECT_EQ(done.size(), 5u);
  for (const auto& [thread, what] : done) EXPECT_EQ(what.size(), 1u);
  EXPECT_GT(run.extra.at("reader_p99_ns"), 0);
  EXPECT_GT(run.extra.at("writer_p99_ns"), 0);
}

TEST(Mixed, WritersAloneAndReadersAlone) {
  for (const char* role : {"readers", "writers"}) {
    const auto files = baseline_in_memory();
    const TestRun run = run_workload(*files, "mixed", {{"size", size_of_test}, {role, 3}}, 3);
    EXPECT_FALSE(run.failure) << message_of(run);
    EXPECT_EQ(run.operations, 4096u);
    EXPECT_EQ(run.extra.size(), 1u);
  }
}

TEST(Mixed, NoticesWhatIsWrongAmongReadersAndWriters) {
  const Options roles{
      {"size", 16 * page_bytes}, {"operations", 1000}, {"readers", 2}, {"writers", 1}};
  const auto half = [](File& file, uint64_t at, std::span<const std::byte> from) {
    return file.write(at, from.first(from.size() / 2));
  };
  expect_found({
      {"a word of nobody",
       "mixed",
       roles,
       {.load = ghost},
       {"offset 36864: expected ", "seen 0x77, which nobody has written there"},
       3},
      {"a short write", "mixed", roles, {.write = nth(50, half)}, {" was short: 2048"}, 3},
  });
}

TEST(Mixed, RefusesRolesThatAreNotItsThreads) {
  const auto files = baseline_in_memory();
  EXPECT_EQ(message_of(run_workload(*files, "mixed", {{"readers", 2}, {"writers", 1}}, 2)),
            "mixed: 2 readers and 1 writers are not 2 threads");
}

}  // namespace
}  // namespace daxlab
