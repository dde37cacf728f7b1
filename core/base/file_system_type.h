// What the kernel calls the file system behind a file.
#pragma once

#include <filesystem>
#include <string>

namespace daxlab {

// "tmpfs", "ext4", "xfs"; the magic number in hex ("0x1234") for one that is not known here.
std::string name_of_file_system(long magic_number);
// Where that file or folder is. False where there is none.
bool is_tmpfs(const std::filesystem::path& path);

}  // namespace daxlab
