// Who else could have written the file that is about to run in this process?
#pragma once

#include <filesystem>

#include "core/base/error_or.h"

namespace daxlab {

// Follows `path` (absolute) link by link to what it names and returns that. Unless allow_writable,
// an error when on the way there is a folder that others may write to (sticky ones apart), a link
// that is not ours, or at the end a file that others may write to or own. Others are all but this
// user, root and the owner of the running program; a group counts as others unless it is its
// owner's own.
ErrorOr<std::filesystem::path> resolve_trusted(const std::filesystem::path& path,
                                               bool allow_writable);

}  // namespace daxlab
