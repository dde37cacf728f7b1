// The files and views of a program of several threads, and its operations on them: whoever runs the
// threads calls these.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/base/error_or.h"
#include "core/file/file_system.h"
#include "harness/histories/concurrent.h"

namespace daxlab {

class ProgramFiles {
 public:
  // Both outlive it. `survives_bus_errors`: every load and store is one that may fail, as under a
  // simulator nothing else does; otherwise only those that the program says may be cut.
  ProgramFiles(FileSystem& files, const ConcurrentProgram& program, bool survives_bus_errors)
      : files_(files), program_(program), survives_bus_errors_(survives_bus_errors) {}
  // Unlinks what set_up() has made.
  ~ProgramFiles();
  ProgramFiles(const ProgramFiles&) = delete;
  ProgramFiles& operator=(const ProgramFiles&) = delete;

  // New files "f0", "f1", holes of the program's size, and its views. The names "n0", "n1" are
  // free.
  std::optional<Error> set_up();
  // Does the event's operation and notes the answer. Any thread.
  void act(Event& event);
  // Loads and reads of every word that the events touched, through every view and by read(), and
  // visits of every name.
  std::vector<SharedOp> looks_at_the_end(const std::vector<Event>& events) const;

 private:
  void act_on_view(Event& event, View& view, uint64_t first_pgoff) const;
  void act_on_name(Event& event) const;
  void use_own_file(Event& event, File& file) const;
  void load(Event& event, View& view, uint64_t offset_bytes) const;
  void store(Event& event, View& view, uint64_t offset_bytes) const;

  FileSystem& files_;
  const ConcurrentProgram& program_;
  const bool survives_bus_errors_;
  std::vector<std::unique_ptr<File>> open_;
  std::vector<std::unique_ptr<View>> views_;
};

}  // namespace daxlab
