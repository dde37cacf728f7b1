#include <map>
#include <memory>
#include <mutex>

#include "harness/workloads/lie_cases_test.h"

namespace daxlab {
namespace {

TEST(TruncateRegrow, NoticesWhatComesBackAndWhatGoesTooEarly) {
  const Options size{{"size", 16 * page_bytes}, {"operations", 60}};
  const auto grows_never = [](File& file, uint64_t bytes) {
    return bytes == 16 * page_bytes && file.size_bytes() != 0 ? Status() : file.truncate(bytes);
  };
  const auto cuts_whole_pages = [](File& file, uint64_t bytes) {
    const Status status = file.truncate(bytes / page_bytes * page_bytes);
    return status.ok() ? file.truncate(bytes) : status;
  };
  const auto cuts_nothing = [](File& file, uint64_t bytes) {
    return bytes < 16 * page_bytes ? Status() : file.truncate(bytes);
  };
  const auto fails = [](File& file, uint64_t bytes) {
    return bytes < 16 * page_bytes ? Status(ErrorCode::io_error) : file.truncate(bytes);
  };
  expect_found({
      {"a file that does not grow",
       "truncate_regrow",
       size,
       {.truncate = grows_never},
       {"truncate_regrow: file 'data0': size: expected 65536, seen "}},
      {"more cut than asked",
       "truncate_regrow",
       size,
       {.truncate = cuts_whole_pages},
       {"truncate_regrow: file 'data0' offset ", "expected 0x", "seen 0x0 (through read)"}},
      {"nothing cut",
       "truncate_regrow",
       size,
       {.truncate = cuts_nothing},
       {"truncate_regrow: file 'data0' offset ", "expected 0x0, seen 0x"}},
      {"a cut that fails",
       "truncate_regrow",
       size,
       {.truncate = fails},
       {"truncate_regrow: file 'data0': truncate to ", ": input/output error"}},
      {"a mapping that shows what is not there",
       "truncate_regrow",
       size,
       {.load = ghost},
       {"offset 36864: expected ", "seen 0x77"}},
  });
}

// Mappings count what is stored to: at first in the whole file, then behind each cut.
TEST(TruncateRegrow, StoresToAsManyPagesAsItIsTold) {
  constexpr uint64_t pages = 64, operations = 40;
  const auto pages_stored_to = [&](uint64_t stored_pages) {
    std::map<uint64_t, uint64_t> first_words;  // by page
    const auto store = [&](View& view, uint64_t, uint64_t at, uint64_t value) {
      if (at % page_bytes == 0) ++first_words[at / page_bytes];
      view.store(at, value);
    };
    const auto files = baseline_in_memory();
    const Lies lies{.store = store};
    LyingFileSystem counting(*files, lies);
    const TestRun run = run_workload(
        counting, "truncate_regrow",
        {{"size", pages * page_bytes}, {"operations", operations}, {"stored_pages", stored_pages}});
    EXPECT_EQ(message_of(run), "");
    EXPECT_EQ(run.operations, operations);
    return first_words;
  };
  const auto sum = [](const std::map<uint64_t, uint64_t>& words) {
    uint64_t all = 0;
    for (const auto& [page, count] : words) all += count;
    return all;
  };
  const auto few = pages_stored_to(4);
  EXPECT_LE(sum(few), 4 * (operations + 1));
  EXPECT_GE(sum(few), 2 * operations);
  EXPECT_GT(few.size(), 32u) << "not spread over the file";
  const auto all = pages_stored_to(0);
  EXPECT_EQ(all.size(), pages);
  EXPECT_EQ(sum(all), sum(pages_stored_to(pages)));
  EXPECT_GT(sum(all), pages + operations * pages / 4);
}

// A thread looks at its neighbour's file by try_load, at its own by load.
TEST(TruncateRegrow, NoticesWhatOtherThreadsShouldNotSeeAnyMore) {
  const Options size{{"size", 8 * page_bytes}, {"operations", 400}, {"mappings", 1}};
  struct FirstSeen {
    std::mutex mutex;
    std::map<std::pair<uint64_t, uint64_t>, uint64_t> words;
  };
  const auto first_seen = [seen = std::make_shared<FirstSeen>()](const View& view, uint64_t mapping,
                                                                 uint64_t at) {
    const Result<uint64_t> value = view.try_load(at);
    if (!value.ok() || value.value() == 0) return value;
    const std::lock_guard guard(seen->mutex);
    return Result<uint64_t>(seen->words.try_emplace({mapping, at}, value.value()).first->second);
  };
  const auto no_space = [](const View&, uint64_t, uint64_t) {
    return Result<uint64_t>(ErrorCode::no_space);
  };
  expect_found({
      {"cut words",
       "truncate_regrow",
       size,
       {.try_load = first_seen},
       {"truncate_regrow: file 'data", "expected version ", "or a later one, seen version "},
       2},
      {"no space for a load",
       "truncate_regrow",
       size,
       {.try_load = no_space},
       {"truncate_regrow: file 'data", "': load at offset ", "no space"},
       2},
  });
}

}  // namespace
}  // namespace daxlab
