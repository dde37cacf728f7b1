#include "harness/conformance/write_trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/conformance/full_region.h"

namespace daxlab {

std::optional<Finding> try_write(Lab& lab, File& file, const WriteTrial& trial, Manner& manner) {
  std::vector<std::byte> expected, after;
  if (auto finding = read_all(file, expected)) return finding;
  const uint64_t free_before = lab.files().space_use().free_blocks;
  const auto written = file.write(trial.offset_bytes, trial.from);
  if (!written.ok() && written.code() != trial.refusal) {
    return Finding{fmt::format("{} is short, or \"{}\"", trial.what, describe(trial.refusal)),
                   describe(written.code()),
                   {}};
  }
  const uint64_t done = written.ok() ? written.value() : 0;
  if (written.ok() && done == 0) {
    return Finding{
        fmt::format("{}: \"{}\" if nothing is done", trial.what, describe(trial.refusal)), "0", {}};
  }
  if (done > trial.there_bytes) {
    return Finding{fmt::format("{} returns at most {}", trial.what, trial.there_bytes),
                   fmt::format("{}", done),
                   {}};
  }
  manner = !written.ok()              ? Manner::refused
           : done < trial.from.size() ? Manner::short_write
                                      : Manner::other;
  if (done > 0) {
    expected.resize(std::max<uint64_t>(expected.size(), trial.offset_bytes + done));
    std::copy_n(trial.from.begin(), done,
                expected.begin() + static_cast<ptrdiff_t>(trial.offset_bytes));
  }
  if (auto finding = read_all(file, after)) return finding;
  if (after.size() != expected.size()) {
    return Finding{fmt::format("{}, which returned {}, leaves a size of {}", trial.what, done,
                               expected.size()),
                   fmt::format("{}", after.size()),
                   {}};
  }
  const auto [at, shown] = std::mismatch(expected.begin(), expected.end(), after.begin());
  if (at != expected.end()) {
    return Finding{fmt::format("{}, which returned {}: byte {} is {:#04x}", trial.what, done,
                               at - expected.begin(), static_cast<unsigned>(*at)),
                   fmt::format("{:#04x}", static_cast<unsigned>(*shown)),
                   {}};
  }
  const uint64_t free_after = lab.files().space_use().free_blocks;
  if (done == 0 && free_after != free_before) {
    return Finding{trial.what + ", which was refused, takes no block",
                   fmt::format("{} are free", free_after),
                   {}};
  }
  return std::nullopt;
}

}  // namespace daxlab
