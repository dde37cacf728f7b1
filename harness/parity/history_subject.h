// Who is given the same histories as all others: a pair of strategies, or a file system of the
// kernel's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "core/lab/lab.h"

namespace daxlab {

// What reading holes through a mapping costs there.
struct HoleRule {
  enum class Blocks { none, one_each, as_they_like };
  Blocks blocks = Blocks::none;
  // A page of memory each. nullopt: of persistent memory, for which the kernel promises neither.
  std::optional<bool> memory = false;
  bool counts_data =
      true;  // its count of blocks is of data alone; ext4 counts trees of extents, too
};

class HistorySubject {
 public:
  // On engine mmu over a memfd; by the rule that its fault strategy keeps, or by another.
  static HistorySubject of_pair(const std::string& fault, const std::string& write);
  static HistorySubject of_pair(const std::string& fault, const std::string& write, HoleRule rule);
  // Over a region of its own, in a file at a path where nothing is, on the best medium that can be
  // had there. The file has lost its name when this returns, and is gone with the subject.
  static ErrorOr<HistorySubject> of_region(const std::string& fault, const std::string& write,
                                           const std::filesystem::path& path);
  // Plain files in a folder there.
  static ErrorOr<HistorySubject> of_folder(const std::filesystem::path& folder);

  // "page_zero/atomic", "page_zero/partial over fsdax (xfs)", "ext4-dax in /mnt"
  const std::string& name() const { return name_; }

  // Replays that history beside the model, and looks at what it has left: which pages have blocks,
  // what a read of each hole adds, in blocks and in memory. The first thing that is not as it must
  // be: an answer or byte that is not the model's, and so not that of others, or a cost that is not
  // the subject's. One thread.
  std::optional<std::string> difference(uint64_t seed, uint64_t operations);

 private:
  HistorySubject(std::string name, HoleRule rule, std::unique_ptr<Lab> lab)
      : name_(std::move(name)), rule_(rule), lab_(std::move(lab)) {}

  std::string name_;
  HoleRule rule_;
  std::unique_ptr<Lab> lab_;
};

// Every shipped fault strategy with every write strategy.
std::vector<HistorySubject> all_pairs();
// Every shipped fault strategy as of_region() has it; each write strategy has its turn.
ErrorOr<std::vector<HistorySubject>> pairs_over(const std::filesystem::path& region_path);

}  // namespace daxlab
