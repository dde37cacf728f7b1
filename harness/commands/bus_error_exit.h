// A file that is mapped and read can turn out not to be readable: cut by somebody, or with holes on
// a file system without space for them. The kernel says so by SIGBUS.
#pragma once

#include <filesystem>

namespace daxlab {

// From now on SIGBUS ends this process with exit_usage and one line "COMMAND: PATH: ..." on stderr.
// For programs of one thread that hold nothing that could be left half done.
void exit_on_bus_error(const char* command, const std::filesystem::path& path);

}  // namespace daxlab
