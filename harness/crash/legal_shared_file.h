// What a crash may leave in one file that several threads use: durable linearizability
// (Izraelevitz, Mendes and Scott, 2016), word by word, for programs in which stores become durable
// by a sync.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/crash/crash_verdict.h"
#include "harness/histories/concurrent.h"

namespace daxlab {

// Whether it changes anything: what failed has not, what an input/output error ended may have.
bool may_change(const Event& event);
// Of writes, punches, cuts and preallocations: without a sync.
bool is_durable_when_answered(const Event& event);
// Makes durable what was stored through mappings.
bool syncs(const Event& event);

// Follows the file's operations. Times are tickets of one clock, which ascends with every
// beginning and end. Words are numbered, 8 bytes each.
class LegalSharedFile {
 public:
  using Ticket = uint64_t;
  // What only the operation that made the file so large may have left there.
  struct Grown {
    uint64_t first = 0;
    uint64_t end = 0;
    Ticket by = 0;
  };

  explicit LegalSharedFile(uint64_t size_bytes);

  // The event knows its answer already.
  void begins(const Event& event, uint64_t op, Ticket now);
  void ends(const Event& event, uint64_t op, Ticket invoked, Ticket now);

  // Why it may be so large; nullopt: no operation explains it.
  std::optional<Grown> explain_size(uint64_t size_bytes) const;
  bool has_had_size(uint64_t size_bytes) const;
  std::string size_text() const;  // "4096 or 8192"

  // The first word of a page, seen as these words, that nothing explains.
  std::optional<CrashFinding> judge_words(uint64_t first, const uint64_t* seen, uint64_t words,
                                          const Grown& grown) const;

 private:
  static constexpr Ticket not_yet = UINT64_MAX;
  struct Put {
    uint64_t value;
    Ticket invoked;
    Ticket answered;
    uint64_t op;
  };
  struct Word {
    std::vector<Put> puts;  // by stores and writes
    Ticket durable = 0;     // when the last of these that is durable was invoked
  };
  // Zeros put to all words of a range, by punch and truncate.
  struct Zeroed {
    uint64_t first;
    uint64_t end;
    Ticket invoked;
    Ticket answered;
    uint64_t op;
    bool durable;
  };
  struct SizePut {
    enum class By : uint32_t { truncate, write, broken_write, preallocate };
    By by;  // truncate sets it; the others let it grow
    uint64_t size_bytes;
    uint64_t from_bytes;  // where the write began
    Ticket invoked;
    Ticket answered;
    uint64_t op;
    bool durable;
    bool sets() const { return by == By::truncate; }
  };

  void add_size(SizePut::By by, const Event& event, uint64_t size_bytes, uint64_t op, Ticket now);
  template <class Look>
  void for_each_put(uint64_t op, const Event& event, Look look);
  void forget_store_behind_end(const Event& event, Ticket invoked);
  void make_stores_durable(const Event& event, Ticket invoked);
  Ticket durable_at(uint64_t number, const Word* word) const;
  bool allows_zero(uint64_t number, Ticket durable) const;
  bool was_shorter(const SizePut& put) const;
  bool can_have(const SizePut& put) const;
  std::optional<Grown> explain_by_part_of_write(uint64_t size_bytes, uint64_t next_less) const;
  std::optional<CrashFinding> judge_word(uint64_t number, uint64_t value, const Grown& grown) const;

  std::map<uint64_t, Word> words_;  // by number
  std::vector<Zeroed> zeroed_;
  std::vector<SizePut> sizes_;
};

}  // namespace daxlab
