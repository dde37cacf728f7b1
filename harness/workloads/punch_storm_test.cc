#include "harness/workloads/lie_cases_test.h"

namespace daxlab {
namespace {

TEST(PunchStorm, NoticesPunchesThatDoTooMuchOrTooLittle) {
  const Options size{{"size", 16 * page_bytes}, {"operations", 1000}};
  const auto nothing = [](File&, ByteRange) { return Status(); };
  const auto fails = [](File&, ByteRange) { return Status(ErrorCode::io_error); };
  const auto a_word_more = [](File& file, ByteRange range) {
    return file.punch({range.offset_bytes, range.length_bytes + 8});
  };
  const auto half = [](File& file, uint64_t at, std::span<const std::byte> from) {
    return from.size() > 8 ? file.write(at, from.first(8)) : file.write(at, from);
  };
  expect_found({
      {"punches that do nothing",
       "punch_storm",
       size,
       {.punch = nothing},
       {"punch_storm: file 'data", "expected 0x0, seen 0x"}},
      {"punches of a word too much",
       "punch_storm",
       size,
       {.punch = a_word_more},
       {"punch_storm: file 'data", "expected 0x", "seen 0x0"}},
      {"punches that fail",
       "punch_storm",
       size,
       {.punch = fails},
       {"punch_storm: file 'data", "': punch of ", ": input/output error"}},
      {"short writes",
       "punch_storm",
       size,
       {.write = half},
       {"punch_storm: file 'data", " was short: 8"}},
      {"a word of nobody", "punch_storm", size, {.load = ghost}, {"offset 36864: ", "seen 0x77"}},
  });
}

// A thread sees its own half of the file as it is, and a bit turned in the words of the other.
TEST(PunchStorm, LooksAtTheWordsOfOthers) {
  constexpr uint64_t middle = 4 * page_bytes / 2;
  enum class Half { unknown, first, second };
  static thread_local Half mine = Half::unknown;
  const auto half_of = [](uint64_t at) { return at < middle ? Half::first : Half::second; };
  Lies lies;
  lies.store = [&](View& view, uint64_t, uint64_t at, uint64_t value) {
    mine = half_of(at);
    view.store(at, value);
  };
  lies.write = [&](File& file, uint64_t at, std::span<const std::byte> from) {
    mine = half_of(at);
    return file.write(at, from);
  };
  lies.load = [&](const View& view, uint64_t, uint64_t at) {
    const uint64_t value = view.load(at);
    const bool others = mine != Half::unknown && mine != half_of(at);
    return others && value != 0 ? value ^ (uint64_t{1} << 40) : value;
  };
  const auto files = baseline_in_memory();
  LyingFileSystem lying(*files, lies);
  const Options options{
      {"size", 4 * page_bytes}, {"files", 1}, {"punch_share", 0}, {"operations", 4000}};
  const std::string message = message_of(run_workload(lying, "punch_storm", options, 2));
  EXPECT_NE(message.find("which nobody has written there (through mapping "), std::string::npos)
      << message;
}

}  // namespace
}  // namespace daxlab
