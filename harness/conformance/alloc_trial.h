// One instance of an allocator beside a model of what is free: every answer is held against the
// contract at once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/lab/strategy_instance.h"
#include "harness/conformance/finding.h"
#include "harness/conformance/subject.h"

namespace daxlab {

using AllocInstance = StrategyInstance<AllocPlugin, Allocator>;

// nullptr and a finding when there is none.
std::unique_ptr<AllocInstance> make_allocator(const Subject& subject,
                                              std::optional<Finding>& finding);

// What was asked of an allocator after init and mark_used.
struct AllocCall {
  enum class Kind { allocate, free, free_space } kind;
  AllocationRequest request{};  // allocate
  Extent extent{};              // free
  // Of an allocation, and of freeing all of its answer, which may be another one when the call is
  // repeated; 0: none, it is the extent as it stands.
  uint64_t allocation = 0;
};

// One thread. After the first finding nothing more is asked of the plugin.
class AllocTrial {
 public:
  // Calls create, init, and mark_used for each of `marked`.
  AllocTrial(const Subject& subject, Geometry geometry, const std::vector<Extent>& marked = {});
  ~AllocTrial();
  AllocTrial(const AllocTrial&) = delete;
  AllocTrial& operator=(const AllocTrial&) = delete;

  // nullopt: no_space, or something was found.
  std::optional<Extent> allocate(const AllocationRequest& request);
  // Blocks that are in use.
  void free(Extent extent);
  // What free_space() says is exactly what the model says, and the reserve is one that may be.
  void check_free_space();
  // Asks first: the longest extent that a request must get now.
  uint64_t blocks_to_be_had();
  // Asks first: no block is free but for those that are reserved.
  void expect_all_handed_out();
  void expect(bool is_so, const std::string& expected, const std::string& seen);

  bool failed() const { return finding_.has_value(); }
  // With the fewest calls that are found to lead there, on fresh instances.
  std::optional<Finding> finding();
  uint64_t free_blocks() const { return free_blocks_; }
  uint64_t longest_free_run() const;
  std::vector<Extent> runs_in_use() const;
  Geometry geometry() const { return geometry_; }

 private:
  bool is_free(uint64_t block) const { return free_[block - geometry_.first_block]; }
  void set(Extent extent, bool free);
  FreeSpace ask_free_space();
  void check_reserve(const FreeSpace& said);
  void check_no_space(const AllocationRequest& request);
  bool check_answer(const AllocationRequest& request, Extent answer);
  // Which of the contract's rules a finding is about.
  enum class Rule {
    none,
    init,
    error,
    length,
    bounds,
    in_use,
    no_space,
    free_space,
    reserve,
    deed,
    other
  };
  void fail(Rule rule, std::string expected, std::string seen);
  // What the core saw the plugin do in the call that has just returned.
  bool check_deeds();
  bool fails_alike(const std::vector<AllocCall>& calls, const std::vector<Extent>& marked,
                   std::optional<Finding>& finding) const;
  void shorten();
  // Makes the call, if it is one that may be made now: what is freed is in use.
  void repeat(const AllocCall& call);

  const Subject& subject_;
  CallLog& log_;
  CallLog::Watch watch_before_;
  std::vector<Extent> marked_;
  std::vector<AllocCall> calls_;
  uint64_t next_allocation_ = 1;
  std::map<uint64_t, std::pair<uint64_t, uint64_t>> answers_;  // block to allocation and blocks
  std::map<uint64_t, Extent> repeated_;                        // answers in this instance
  Rule rule_ = Rule::none;
  bool may_shorten_ = true;
  Geometry geometry_;
  std::vector<bool> free_;
  uint64_t free_blocks_;
  std::optional<uint64_t> reserved_after_init_;  // not where extents are marked then
  std::unique_ptr<AllocInstance> instance_;
  std::vector<std::string> steps_;
  std::optional<Finding> finding_;
};

// "blocks 7 to 9"
std::string to_text(Extent extent);
// Every extent that one request after the other gets, until there is no space.
std::vector<Extent> take_all(AllocTrial& trial, const AllocationRequest& request);

}  // namespace daxlab
