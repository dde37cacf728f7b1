#include <fmt/format.h>

#include <memory>

#include "core/base/clock.h"
#include "harness/bench/rows.h"
#include "harness/histories/history.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

constexpr uint64_t writes = 64;  // of one loop, one behind the other

struct WrittenFile {
  std::unique_ptr<Lab> lab;
  std::unique_ptr<File> file;
  std::vector<std::byte> bytes;

  // Whether all were whole.
  bool write_all() {
    for (uint64_t i = 0; i < writes; ++i) {
      const Result<uint64_t> done = file->write(i * bytes.size(), bytes);
      if (!done.ok() || done.value() != bytes.size()) return false;
    }
    return true;
  }
};

ErrorOr<TimedLoop> prepare_overwrite(const std::string& strategy, uint64_t length_bytes) {
  auto written = std::make_shared<WrittenFile>();
  written->lab =
      make_lab({.write = strategy, .region_bytes = 3 * writes * length_bytes + 1024 * page_bytes});
  auto file = written->lab->files().create("written");
  if (!file.ok()) return Error{describe(file.code())};
  written->file = file.take();
  written->bytes = written_bytes(1, length_bytes);
  if (!written->write_all()) return Error{strategy + ": a write failed"};
  return TimedLoop([written]() -> ErrorOr<uint64_t> {
    const uint64_t start_ns = now_ns();
    if (!written->write_all()) return Error{"a write failed"};
    return now_ns() - start_ns;
  });
}

}  // namespace

void add_write_rows(const RowSizes& sizes, std::vector<Row>& rows) {
  for (uint64_t length_bytes : sizes.write_bytes) {
    const auto name = [&](const std::string& strategy) {
      return fmt::format("overwrite/{}/bytes:{}", strategy, length_bytes);
    };
    for (const std::string strategy : {"all_or_nothing", "atomic"}) {
      rows.push_back({name(strategy), strategy == "atomic" ? name("all_or_nothing") : "", writes,
                      [=] { return prepare_overwrite(strategy, length_bytes); }});
    }
  }
}

}  // namespace daxlab
