#include "core/registry/shared_object.h"

#define BOOST_DLL_USE_STD_FS
#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <link.h>
#include <sys/stat.h>

#include <boost/dll/library_info.hpp>
#include <boost/dll/shared_library.hpp>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <system_error>

#include "core/base/errno_status.h"

namespace daxlab {
namespace {

// Parts of a path that mean nothing to the kernel: "/." for a bit that is set, "/" for another.
std::string as_empty_folders(uint64_t number) {
  std::string text;
  for (uint64_t bit = uint64_t{1} << 63; bit != 0; bit >>= 1) {
    text += (number & bit) != 0 ? "/." : "/";
  }
  return text;
}

// The dynamic linker takes an object that it has by a name for the one that is asked for by that
// name, and may have it for longer than a descriptor is open, whose number is then another file's.
// So the name says which file it is: the same name is the same file.
ErrorOr<std::string> name_for_linker(const TrustedFile& file) {
  struct stat status {};
  if (fstat(file.descriptor.number(), &status) != 0) {
    return error_from_errno(file.path.string(), errno);
  }
  std::string name = name_of_descriptor(file.descriptor.number());
  name.insert(name.rfind('/'), as_empty_folders(status.st_dev) + as_empty_folders(status.st_ino));
  return name;
}

std::string with_path(std::string text, const std::string& name, const std::string& path) {
  for (size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += path.size()) {
    text.replace(at, name.size(), path);
  }
  return text;
}

// A library that the linker and all who ask it (debuggers, backtraces, sanitizers) call by the path
// that people know.
class NamedLibrary {
 public:
  explicit NamedLibrary(std::string path) : path_(std::move(path)) {}
  NamedLibrary(const NamedLibrary&) = delete;
  NamedLibrary& operator=(const NamedLibrary&) = delete;
  ~NamedLibrary() {
    if (entry_ != nullptr) entry_->l_name = linkers_name_;  // whose memory is the linker's
  }

  // A constructor of the object that throws ends the process here, at the boundary, and not in some
  // handler further up that knows nothing of a half-loaded object. Not by `noexcept`: with GCC 14
  // that hands std::terminate a stray pointer for the exception, and now and then dies of SIGSEGV.
  void load(const std::string& name, std::error_code& error) {
    try {
      library_.load(boost::dll::fs::path(name), error,
                    boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    } catch (...) {
      std::terminate();
    }
    if (error) return;
    link_map* entry = nullptr;
    // Loaded twice, it has its path from the first time.
    if (dlinfo(library_.native(), RTLD_DI_LINKMAP, &entry) != 0 || name != entry->l_name) return;
    entry_ = entry;
    linkers_name_ = entry->l_name;
    entry->l_name = path_.data();
  }

  const void* find(const std::string& symbol) const {
    return library_.has(symbol) ? &library_.get<const char>(symbol) : nullptr;
  }

 private:
  std::string path_;
  boost::dll::shared_library library_;
  link_map* entry_ = nullptr;  // null: has its name from another, or was not loaded
  char* linkers_name_ = nullptr;
};

// What a library could not do for a want of this process's own is not held against the file. How
// libraries tell it differs: so it is asked for once more here.
std::optional<Error> shortage(const TrustedFile& file, std::string_view reason) {
  const OwnedDescriptor again(
      open(name_of_descriptor(file.descriptor.number()).c_str(), O_RDONLY | O_CLOEXEC));
  if (!again.is_open() && is_shortage(errno)) return error_from_errno(file.path.string(), errno);
  if (reason.find(std::generic_category().message(ENOMEM)) == reason.npos) return std::nullopt;
  return error_from_errno(file.path.string(), ENOMEM);
}

// Of a file that the linker refuses.
std::string advice(const TrustedFile& file) {
  std::ifstream stream(name_of_descriptor(file.descriptor.number()), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  if (bytes.find("$ORIGIN") == std::string::npos && bytes.find("${ORIGIN}") == std::string::npos) {
    return "link it with what it needs";
  }
  return "its run path names $ORIGIN, which a plugin has not: link it with -rpath and the folder "
         "of what it needs";
}

}  // namespace

ErrorOr<std::vector<std::string>> exported_symbols(const TrustedFile& file) {
  try {
    return boost::dll::library_info(name_of_descriptor(file.descriptor.number())).symbols();
  } catch (const std::exception& error) {
    if (const auto lacking = shortage(file, error.what())) return *lacking;
    return Error{fmt::format("{}: its symbols cannot be read ({}); build it again",
                             file.path.string(), error.what())};
  }
}

ErrorOr<OpenObject> open_shared_object(const TrustedFile& file, const std::string& symbol) {
  const std::string path = file.path.string();
  const ErrorOr<std::string> name = name_for_linker(file);
  if (!name.ok()) return name.error();
  const auto library = std::make_shared<NamedLibrary>(path);
  std::error_code error;
  library->load(name.value(), error);
  if (error) {
    const char* const said = dlerror();  // Boost's code says only that it failed
    const std::string reason = said != nullptr ? said : error.message();
    if (const auto lacking = shortage(file, reason)) return *lacking;
    return Error{fmt::format("{}: the dynamic linker refuses it ({}); {}", path,
                             with_path(reason, name.value(), path), advice(file))};
  }
  const void* const found = library->find(symbol);
  if (found == nullptr) {
    return Error{fmt::format("{}: the dynamic linker finds no symbol {} in it; build it again",
                             path, symbol)};
  }
  return OpenObject{library, found};
}

}  // namespace daxlab
