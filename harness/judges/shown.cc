#include "harness/judges/shown.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "harness/histories/outcome_difference.h"

namespace daxlab {
namespace {

std::vector<std::byte> page_of(const ModelFile& file, uint64_t pgoff) {
  std::vector<std::byte> bytes = file.read(pgoff * page_bytes, page_bytes);
  bytes.resize(page_bytes);
  return bytes;
}

// What is not to be had, or finds no space to be shown, is not there to be compared.
Shown excused(Shown shown, bool may_run_out) {
  if (shown.code == ErrorCode::no_space && may_run_out) shown.expected_code = shown.code;
  if (shown.code != ErrorCode::ok && shown.expected_code != ErrorCode::ok) {
    shown.expected.clear();
    shown.seen.clear();
  }
  return shown;
}

// Page by page: a read that comes to a lost one gives nothing.
Shown read_around_lost(const ModelFile& expected, File& file, bool may_run_out) {
  Shown shown;
  for (uint64_t pgoff = 0; !expected.is_beyond_end(pgoff); ++pgoff) {
    shown.expected = page_of(expected, pgoff);
    shown.seen.assign(page_bytes, std::byte{});
    shown.offset_bytes = pgoff * page_bytes;
    shown.code = file.read(shown.offset_bytes, shown.seen).code();
    shown.expected_code = expected.is_lost(pgoff) ? ErrorCode::io_error : ErrorCode::ok;
    shown = excused(std::move(shown), may_run_out);
    const bool is_right =
        shown.code == shown.expected_code && same_bytes(shown.expected, shown.seen);
    if (!is_right) break;
  }
  return shown;
}

}  // namespace

// More than there is: a read may not go past the end.
Shown shown_by_read(const ModelFile& expected, File& file, bool may_run_out) {
  if (expected.has_lost()) return read_around_lost(expected, file, may_run_out);
  Shown shown{.expected = expected.bytes(), .seen = {}};
  shown.seen.resize(expected.size_bytes() + 64);
  const Result<uint64_t> count = file.read(0, shown.seen);
  shown.code = count.code();
  shown.seen.resize(count.ok() ? std::min<uint64_t>(count.value(), shown.seen.size()) : 0);
  return excused(std::move(shown), may_run_out);
}

// The first word by a call that survives a bus error; if the page is there, the others follow.
Shown shown_by_view(const ModelFile& expected, uint64_t pgoff, const View& view,
                    uint64_t view_offset_bytes, bool may_run_out) {
  Shown shown{.expected = {}, .seen = {}, .offset_bytes = pgoff * page_bytes};
  if (expected.is_beyond_end(pgoff)) {
    shown.expected_code = ErrorCode::beyond_end;
  } else if (expected.is_lost(pgoff)) {
    shown.expected_code = ErrorCode::io_error;
  } else {
    shown.expected = page_of(expected, pgoff);
  }
  std::vector<uint64_t> words(page_bytes / sizeof(uint64_t));
  for (uint64_t i = 0; i < words.size(); ++i) {
    const uint64_t offset = view_offset_bytes + 8 * i;
    if (i > 0) {
      words[i] = view.load(offset);
      continue;
    }
    const Result<uint64_t> word = view.try_load(offset);
    shown.code = word.code();
    if (!word.ok()) return excused(std::move(shown), may_run_out);
    words[i] = word.value();
  }
  const auto bytes = std::as_bytes(std::span(words));
  shown.seen.assign(bytes.begin(), bytes.end());
  return shown;
}

}  // namespace daxlab
