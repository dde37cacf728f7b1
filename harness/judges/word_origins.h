// Where a word that nobody expected comes from: every value that each word of each file has had.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "harness/histories/history.h"
#include "harness/histories/model.h"
#include "harness/judges/evidence.h"

namespace daxlab {

// Follows a history of one thread. A file here is one life of a name.
class WordOrigins {
 public:
  // What free blocks held: of the evidence.
  explicit WordOrigins(const SequentialEvidence& evidence);

  void follow(const AnsweredOp& op);
  const Model& model() const { return model_; }

  // Of bytes [offset, offset + seen.size()) of the file: the first word that is neither what it was
  // expected to be, nor 0, nor anything the file could show there without showing somebody else's
  // bytes.
  struct Foreign {
    uint64_t offset_bytes;
    uint64_t value;
    std::string origin;  // "f1 offset 4096", "the garbage of block 17", ...
  };
  std::optional<Foreign> find_foreign(const ModelFile& file, uint64_t offset_bytes,
                                      std::span<const std::byte> expected,
                                      std::span<const std::byte> seen) const;

 private:
  // All that a word has been, and whether some of it is gone for another reason than a store, so
  // that its block may be another's by now.
  struct Past {
    std::vector<uint64_t> values;
    bool released = false;
  };
  struct Life {
    std::shared_ptr<const ModelFile> file;
    std::string name;
    uint64_t number;                           // from 1: of that name
    std::unordered_map<uint64_t, Past> words;  // by their number
    // Files whose bytes a program has copied here: what was wrong there is here too.
    std::vector<const ModelFile*> sources = {};
    bool has_source(const Life& other) const;
  };
  struct Word {
    uint64_t number;
    uint64_t value;
    uint64_t mask;  // of the bits that were seen
  };

  Life& life_of(const std::shared_ptr<ModelFile>& file, uint32_t place);
  Life* find_life(const ModelFile& file) const;
  void note(const Op& op);
  void note_unwritten(const AnsweredOp& op);
  void note_values(Life& life, ByteRange range);
  void note_release(Life& life, ByteRange range);
  static bool is_made_of(const Past& past, const Word& word);
  static bool is_own(const Life* life, const Word& word);
  std::optional<std::string> origin_of(const Life* life, const Word& word) const;

  const SequentialEvidence& evidence_;
  Model model_;
  std::vector<std::unique_ptr<Life>> lives_;
};

}  // namespace daxlab
