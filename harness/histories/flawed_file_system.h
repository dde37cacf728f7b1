// A file system in memory that is right, or wrong in one chosen way: to see that the judges notice.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "core/file/file_system.h"
#include "harness/histories/model.h"

namespace daxlab {

enum class Flaw : uint32_t {
  none,
  drops_stores,      // every seventh store through a mapping is lost
  keeps_zero_pages,  // a view that has loaded from a page of zeros shows zeros until it stores
                     // there
  keeps_cut_bytes,   // what truncate cut is there again when the file grows
  writes_short,      // a write of more than a page returns half
  ignores_end,       // loads past the end give zeros, not an error
  punches_pages,     // whole pages, even when the range is less
  forgets_unlinked,  // a file loses its bytes with its name
  copies_pages,   // write() changes a copy of the pages and puts it back: wrong only beside others
  forgets_reads,  // every seventh read() leaves the buffer as it was
  shows_neighbours,    // of every seven pages a view shows one in place of the next
  blinds_later_views,  // of a file that has been mapped already all others show zeros
};

// Shared by the files and views of one file system.
struct FlawedState {
  std::mutex mutex;
  Flaw flaw = Flaw::none;
  uint64_t stores = 0, reads = 0;
};

struct FlawedInode {
  ModelFile file;
  std::vector<std::byte> cut;  // the bytes as they were before the last truncate
  bool has_been_mapped = false;
};

class FlawedFileSystem final : public FileSystem {
 public:
  explicit FlawedFileSystem(Flaw flaw) { state_->flaw = flaw; }

  Result<std::unique_ptr<File>> create(std::string_view name) override;
  Result<std::unique_ptr<File>> open(std::string_view name) override;
  Status unlink(std::string_view name) override;
  SpaceUse space_use() override { return {1 << 20, 0, 1 << 20}; }  // as much as anyone asks for
  bool is_empty() const { return names_.empty(); }

 private:
  std::shared_ptr<FlawedState> state_ = std::make_shared<FlawedState>();
  std::map<std::string, std::shared_ptr<FlawedInode>, std::less<>> names_;
};

}  // namespace daxlab
