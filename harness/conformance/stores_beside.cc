#include "harness/conformance/stores_beside.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <thread>

namespace daxlab {
namespace {

#ifdef NDEBUG
constexpr uint64_t rounds = 2000;
#else
constexpr uint64_t rounds = 300;
#endif
constexpr uint64_t stored_pages = 4;

class Race {
 public:
  explicit Race(File& file) : file_(file) {}

  std::optional<Finding> run() {
    if (!file_.truncate(stored_pages * page_bytes).ok())
      return Finding{"truncate is ok", "it failed", {}};
    std::array<std::unique_ptr<View>, 2> views;
    for (std::unique_ptr<View>& view : views) {
      auto mapped = file_.map({0, stored_pages});
      if (!mapped.ok()) return Finding{"map is ok", describe(mapped.code()), {}};
      view = mapped.take();
    }
    {
      std::jthread first([&] { store(*views[0], 0); });
      std::jthread second([&] { store(*views[1], 1); });
      write();
    }
    return finding_;
  }

 private:
  void store(View& view, uint64_t thread) {
    std::array<uint64_t, stored_pages> last{};
    for (uint64_t round = 1; round <= rounds; ++round) {
      const uint64_t page = round % stored_pages;
      const uint64_t at = page * page_bytes + 2048 + 8 * thread;
      if (const uint64_t seen = view.load(at); seen != last[page]) {
        fail(
            fmt::format("thread {} finds {} where it stored it, page {}", thread, last[page], page),
            fmt::format("{}", seen));
      }
      view.store(at, round);
      last[page] = round;
    }
    --storing_;
  }

  // From the end of a page to the start of the next; the stores are in neither part.
  void write() {
    std::vector<std::byte> data(std::min<uint64_t>(page_bytes - 2000, file_.max_write_bytes()));
    std::vector<std::byte> seen(data.size());
    for (uint64_t round = 1; storing_.load() > 0; ++round) {
      const uint64_t offset = round % 2 * page_bytes + 3000;
      std::fill(data.begin(), data.end(), static_cast<std::byte>(round));
      const auto written = file_.write(offset, data);
      if (!written.ok() || written.value() != data.size()) {
        return fail(fmt::format("a write of {} bytes is done", data.size()),
                    written.ok() ? fmt::format("{}", written.value()) : describe(written.code()));
      }
      const auto read = file_.read(offset, seen);
      if (!read.ok() || seen != data) return fail("read gives what was written", "other bytes");
    }
  }

  void fail(std::string expected, std::string seen) {
    const std::lock_guard guard(mutex_);
    if (!finding_) {
      finding_ = {std::move(expected),
                  std::move(seen),
                  {"two threads store to words of 4 pages, a third one writes around them"}};
    }
  }

  File& file_;
  std::atomic<uint64_t> storing_{2};
  std::mutex mutex_;
  std::optional<Finding> finding_;
};

}  // namespace

std::optional<Finding> check_stores_beside_writes(Lab& lab) {
  auto created = lab.files().create("file");
  if (!created.ok()) return Finding{"create is ok", describe(created.code()), {}};
  std::unique_ptr<File> file = created.take();
  auto finding = Race(*file).run();
  file.reset();
  static_cast<void>(lab.files().unlink("file"));  // settle() looks whether it went
  return finding;
}

}  // namespace daxlab
