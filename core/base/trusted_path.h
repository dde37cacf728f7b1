// Whom this process trusts on the way along a path. Decided here and nowhere else: whose files may
// become its code, and whose links lead it to files that it reads or writes.
//
// What is judged is open already, so that a name which is exchanged meanwhile changes nothing: go
// on with the descriptor, never with the path.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "core/base/error_or.h"
#include "core/base/owned_descriptor.h"

namespace daxlab {

// A name by which the kernel opens what a descriptor is, however it is called by now:
// "/proc/self/fd/7".
std::string name_of_descriptor(int descriptor);

struct TrustedFile {
  OwnedDescriptor descriptor;  // O_PATH: for fstat, and for opening name_of_descriptor() of it
  std::filesystem::path path;  // absolute, without links, as it was when it was judged
};

// For code. Follows `path` (absolute) folder by folder and link by link to what it names, of any
// type. Unless allow_writable, an error when on the way there is a folder that belongs to others
// or that others may write to (sticky ones may be written to; one in which the running program
// lies may belong to anybody), a link that belongs to others, or at the end a file that belongs
// to others or that others may write to. Others are all but this user, root and the owner of the
// running program; a group counts as others unless it is its owner's own.
ErrorOr<TrustedFile> find_trusted_file(const std::filesystem::path& path, bool allow_writable);

enum class EndLinks { followed, refused };

// For data: where a path ends. Links in the middle of it are followed as ever. A link at its end,
// and each that this one leads to, is followed when it belongs to root or to this user, whether
// anything is where it leads or not: the kernel's protected_symlinks, but in every folder.
class PathEnd {
 public:
  // Errors: a link of another user, or with EndLinks::refused any; its folder is not there; what
  // the kernel said. That nothing is there by that name is no error.
  static ErrorOr<PathEnd> find(const std::filesystem::path& path,
                               EndLinks links = EndLinks::followed);

  bool is_there() const { return is_there_; }
  // Of what was there at find(), never of a link; its type before it is opened. Only if is_there().
  const struct stat& status() const { return status_; }
  // Whether the descriptor is what was there at find().
  bool is(int descriptor) const;
  // The end is a descriptor of this very process, as /dev/stdout and /dev/fd/7 are; -1: it is not.
  int own_descriptor() const { return own_descriptor_; }

  // Opens or makes it by openat, without following a link that has come to its place since: ELOOP.
  // Never waits, becomes no terminal of this process, and is closed by exec. Not open: errno says
  // why.
  OwnedDescriptor open(int flags, mode_t mode = 0) const;
  // Takes the name away if it is still that of the descriptor.
  void unlink(int descriptor) const;

  int folder() const { return folder_.number(); }    // O_PATH
  const std::string& name() const { return name_; }  // in it

 private:
  PathEnd() = default;

  OwnedDescriptor folder_;
  std::string name_;
  bool is_there_ = false;
  bool is_kernels_link_ = false;  // in /proc: only the kernel can follow it, and make it
  int own_descriptor_ = -1;
  struct stat status_ {};
};

}  // namespace daxlab
