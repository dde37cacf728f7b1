// Finished runs, kept one by one beside the results until these are written whole:
// FILE.json.partial. A line of JSON each, {"run": record}, and {"context": map} where a campaign
// begins. A line is in the file when add() returns, so that it survives this process, killed
// however; not a machine that loses power at once.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/error_or.h"
#include "core/base/owned_descriptor.h"
#include "core/base/trusted_path.h"
#include "harness/campaign/recorded_runs.h"

namespace daxlab {

class Journal {
 public:
  static std::filesystem::path path_for(const std::filesystem::path& out);

  // For a campaign that starts anew. The error: an earlier one has left runs there, or another
  // process has it, or it is something else; or the folder. A link is never followed, and a file
  // of another user, or one that has a second name, is never touched.
  static ErrorOr<Journal> begin(const std::filesystem::path& path);
  // For one that goes on; what is there is in kept(). A last line that was torn is dropped.
  static ErrorOr<Journal> go_on(const std::filesystem::path& path);
  Journal(Journal&&) = default;
  Journal& operator=(Journal&&) = delete;
  ~Journal();  // a file in which nothing is kept does not stay

  const RecordedRuns& kept() const { return kept_; }
  // Its memory is free again; nothing in the file changes.
  void forget_kept() { kept_ = {}; }

  // Each a whole line or nothing. The error names the file.
  std::optional<Error> add_context(const Json& context);
  std::optional<Error> add(const RunRecord& record);

  // The results are where they belong.
  void remove();

 private:
  Journal(std::filesystem::path path, PathEnd place, OwnedDescriptor fd)
      : path_(std::move(path)), place_(std::move(place)), fd_(std::move(fd)) {}
  static ErrorOr<Journal> open(const std::filesystem::path& path);
  std::optional<Error> read_lines();
  ErrorOr<std::string> read_all() const;
  std::optional<Error> add_line(std::string line);
  Error wrong_line(size_t number, std::string_view why) const;

  std::filesystem::path path_;  // for messages
  PathEnd place_;
  OwnedDescriptor fd_;
  RecordedRuns kept_;
};

}  // namespace daxlab
