#include <fmt/format.h>

#include <memory>

#include "core/base/clock.h"
#include "harness/bench/rows.h"
#include "harness/histories/history.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

// A file of a lab that keeps times, or not.
class TimedFile {
 public:
  static ErrorOr<std::shared_ptr<TimedFile>> make(const std::string& fault, bool keeps_times,
                                                  uint64_t pages) {
    auto made = std::make_shared<TimedFile>();
    made->pages_ = pages;
    made->lab_ = make_lab({.fault = fault, .region_bytes = (2 * pages + 1024) * page_bytes});
    made->lab_->counters().keep_times(keeps_times);
    auto file = made->lab_->files().create("timed");
    if (!file.ok()) return Error{describe(file.code())};
    made->file_ = file.take();
    if (!made->file_->truncate(pages * page_bytes).ok()) return Error{"cannot make a file"};
    return made;
  }

  ErrorOr<uint64_t> write_all() {
    const uint64_t start_ns = now_ns();
    for (uint64_t page = 0; page < pages_; ++page) {
      const Result<uint64_t> done = file_->write(page * page_bytes, bytes_);
      if (!done.ok() || done.value() != page_bytes) return Error{"a write failed"};
    }
    return now_ns() - start_ns;
  }
  // A read fault each, in a mapping of its own.
  ErrorOr<uint64_t> fault_all() {
    auto view = file_->map({0, pages_});
    if (!view.ok()) return Error{describe(view.code())};
    const uint64_t start_ns = now_ns();
    uint64_t seen = 0;
    for (uint64_t page = 0; page < pages_; ++page) seen |= view.value()->load(page * page_bytes);
    const uint64_t took_ns = now_ns() - start_ns;
    if (seen != 0) return Error{"a hole is not zero"};
    return took_ns;
  }

 private:
  uint64_t pages_ = 0;
  std::unique_ptr<Lab> lab_;
  std::unique_ptr<File> file_;
  std::vector<std::byte> bytes_ = written_bytes(1, page_bytes);
};

Row row_of(const std::string& name, bool keeps_times, uint64_t pages, const std::string& fault,
           ErrorOr<uint64_t> (TimedFile::*loop)()) {
  const auto full_name = [&](const char* times) { return fmt::format("{}/times:{}", name, times); };
  return {full_name(keeps_times ? "kept" : "none"), keeps_times ? full_name("none") : "", pages,
          [=]() -> ErrorOr<TimedLoop> {
            auto made = TimedFile::make(fault, keeps_times, pages);
            if (!made.ok()) return made.error();
            const std::shared_ptr<TimedFile> file = made.take();
            return TimedLoop([file, loop] { return (file.get()->*loop)(); });
          }};
}

}  // namespace

void add_parts_rows(const RowSizes& sizes, std::vector<Row>& rows) {
  for (const bool keeps_times : {false, true}) {
    const auto add = [&](const std::string& name, const std::string& fault, auto loop) {
      rows.push_back(row_of(name, keeps_times, sizes.timed_pages, fault, loop));
    };
    add("parts/write/bytes:4096", "global_zero", &TimedFile::write_all);
    for (const std::string fault : {"global_zero", "page_zero"}) {
      add("parts/fault/" + fault, fault, &TimedFile::fault_all);
    }
  }
}

}  // namespace daxlab
