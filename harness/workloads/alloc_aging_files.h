// The files of one ageing thread: made, grown, punched, filled again and removed, until the space
// they use has been written over several times. Each knows what it must hold.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "harness/workloads/alloc_aging_sizes.h"
#include "harness/workloads/checks.h"
#include "harness/workloads/stamp.h"
#include "harness/workloads/workers.h"

namespace daxlab {

struct AgingPlan {
  WorkloadRun& run;
  const char* workload;
  uint64_t blocks;        // of each thread's files, when the region is as full as it should be
  uint64_t write_blocks;  // by each thread in all, at least
  uint64_t largest_bytes;
  uint64_t grow_percent;
  uint64_t punch_percent;
};

// Written up to size_bytes; the pages of `hole` were punched since. Whole words at least.
struct AgedFile {
  uint64_t number = 0;
  uint64_t size_class = 0;   // index into agrawal_sizes
  uint64_t final_bytes = 0;  // larger than size_bytes: it is still to grow
  uint64_t size_bytes = 0;
  PageRange hole{};
  Stamp stamp{0, 0, 0};
  Place place{};

  uint64_t pages() const { return pages_of(size_bytes); }
  uint64_t data_pages() const { return pages() - hole.pages; }
  // With the nodes of its block map, about.
  uint64_t blocks() const {
    const uint64_t leaves = (pages() + max_fault_pages - 1) / max_fault_pages;
    return data_pages() + leaves + (leaves > 1 ? 1 : 0);
  }
  uint64_t first_word(uint64_t page) const {
    return hole.contains(page) ? 0 : stamp.word(page * page_bytes);
  }
  Content content() const;
};

class AgedFiles {
 public:
  AgedFiles(const AgingPlan& plan, uint64_t thread);

  // Until the plan is fulfilled or another worker has failed.
  std::optional<Failure> age(Worker& worker);
  // In no order.
  const std::vector<AgedFile>& files() const { return files_; }
  std::optional<Failure> remove_all();

 private:
  uint64_t random(uint64_t below) { return (state_ = mix(state_)) % below; }
  bool chance(uint64_t percent) { return random(100) < percent; }

  std::optional<Failure> step();
  std::optional<Failure> create();
  std::optional<Failure> grow(AgedFile& file);
  std::optional<Failure> fill_hole(AgedFile& file);
  std::optional<Failure> punch(AgedFile& file);
  std::optional<Failure> remove(uint64_t index);

  double lacking(uint64_t size_class) const;
  uint64_t class_to_create() const;
  AgedFile* longest_waiting(std::deque<uint64_t>& waiting, uint64_t at_once);
  std::optional<Failure> write(const AgedFile& file, File& open, ByteRange range);
  std::optional<Failure> with_open(AgedFile& file,
                                   const std::function<std::optional<Failure>(File&)>& use);

  const AgingPlan& plan_;
  const uint64_t thread_;
  uint64_t state_;
  uint64_t next_number_ = 0;
  std::vector<AgedFile> files_;
  std::vector<uint64_t> class_counts_;
  uint64_t classes_ = 0;  // those that are not too large
  uint64_t weights_ = 0;  // of them
  // Numbers of files.
  std::unordered_map<uint64_t, uint64_t> indices_;  // in files_
  std::deque<uint64_t> growing_, punched_;          // in the order in which they wait
  uint64_t blocks_ = 0;
  uint64_t written_blocks_ = 0;
  uint64_t written_bytes_ = 0;
  bool was_full_ = false;
  std::vector<std::byte> buffer_;
};

}  // namespace daxlab
