#include "harness/workloads/page_touches.h"

#include <fmt/format.h>

#include "core/base/bus_error.h"

namespace daxlab {

std::optional<Failure> check_stride(const char* workload, uint64_t stride_bytes) {
  if (stride_bytes % 8 == 0) return std::nullopt;
  return refusal(fmt::format("{}: stride {} is not a multiple of 8", workload, stride_bytes));
}

std::optional<Failure> PageTouches::touch(uint64_t mapping, uint64_t page) {
  const View& view = *file_.data().views[mapping];
  const uint64_t begin = page * page_bytes;
  const uint64_t loads = (page_bytes + stride_bytes_ - 1) / stride_bytes_;
  const auto load_words = [&] {
    for (uint64_t i = 0; i < loads; ++i) words_[i] = view.load(begin + i * stride_bytes_);
  };
  // A strategy that gives blocks to reads may find none.
  const bool survived = survives_bus_error([&] { worker_.time(load_words); });
  if (!survived) {
    return bus_error_at(file_.data().place);
  }
  worker_.bytes_processed += page_bytes;
  return file_.check(begin, stride_bytes_, std::span(words_).first(loads),
                     through_mapping(mapping));
}

}  // namespace daxlab
