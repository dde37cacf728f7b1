// A tmpfs that only this process sees, as large as it is told.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "core/base/error_or.h"

namespace daxlab {

// Mounts it over `folder`, in a mount namespace of this process's own (and, without privilege, a
// user namespace), and is gone with it. The process has one thread. The error says what the kernel
// did not allow.
std::optional<Error> mount_private_tmpfs(const std::filesystem::path& folder, uint64_t size_bytes);

}  // namespace daxlab
