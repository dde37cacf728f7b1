// Runs a history on a file system beside the model, and tells the first difference.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/file/file_system.h"
#include "harness/histories/history.h"
#include "harness/histories/model.h"

namespace daxlab {

// The open files and views of one history on a real file system. Unlinks what is left when it goes.
class Replay {
 public:
  // `files` holds none of the histories' names, and outlives the replay.
  explicit Replay(FileSystem& files) : files_(files) {}
  ~Replay();
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

  Outcome apply(const Op& op);
  // Null where nothing is open or mapped.
  File* file(uint32_t file) const { return open_[file].get(); }
  View* view(uint32_t view) const { return views_[view].get(); }

 private:
  Outcome apply_to_names(const Op& op);
  Outcome apply_to_file(const Op& op);
  Outcome apply_by_view(const Op& op);
  Outcome apply_to_view(const Op& op);

  FileSystem& files_;
  std::array<std::unique_ptr<File>, history_files> open_;
  std::array<std::unique_ptr<View>, history_views> views_;
};

// The first operation that answered differently, or else the first byte of the final state that
// differs, through read() or through a view: "op 17 load view 2 offset 4096: expected 0x5, seen
// 0x0". Names must give the same code; other errors are one as good as another.
// `look` is asked after the last operation, when all answers were right: comparing the final state
// touches every page of the views. It may add a difference.
using LookAtEnd = std::function<std::optional<std::string>(const Model&, const Replay&)>;
std::optional<std::string> find_difference(FileSystem& files, const History& history,
                                           const LookAtEnd& look = {});

// Removes operations as long as some difference stays; `history` has one. Every step replays.
History shortened(FileSystem& files, History history);
// The same for whatever `fails` says of a history.
History shortened(History history, const std::function<bool(const History&)>& fails);

// Replays the random histories of seeds [first_seed, first_seed + count), one after the other on
// the same file system, which is empty before and after. The first difference, then the shortened
// history and its seed, for people. Needs 9 x 64 blocks and their metadata; about a millisecond
// each.
std::optional<std::string> check_histories(FileSystem& files, uint64_t first_seed, uint64_t count);

}  // namespace daxlab
