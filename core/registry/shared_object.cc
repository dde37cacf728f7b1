#include "core/registry/shared_object.h"

#define BOOST_DLL_USE_STD_FS
#include <dlfcn.h>
#include <fmt/format.h>

#include <boost/dll/library_info.hpp>
#include <boost/dll/shared_library.hpp>
#include <cassert>
#include <exception>
#include <system_error>

namespace daxlab {
namespace {

// noexcept: a constructor of the object that throws ends in std::terminate here, at the boundary,
// and not in some handler further up that knows nothing of a half-loaded object.
void load(boost::dll::shared_library& library, const std::filesystem::path& path,
          std::error_code& error) noexcept {
  library.load(path, error, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
}

}  // namespace

ErrorOr<std::vector<std::string>> exported_symbols(const std::filesystem::path& path) {
  try {
    return boost::dll::library_info(path).symbols();
  } catch (const std::exception& error) {
    return Error{fmt::format("{}: its symbols cannot be read ({}); build it again", path.string(),
                             error.what())};
  }
}

ErrorOr<OpenObject> open_shared_object(const std::filesystem::path& path,
                                       const std::string& symbol) {
  assert(path.is_absolute());
  const auto library = std::make_shared<boost::dll::shared_library>();
  std::error_code error;
  load(*library, path, error);
  if (error) {
    const char* const reason = dlerror();  // Boost's code says only that it failed
    return Error{fmt::format("{}: the dynamic linker refuses it ({}); link it with what it needs",
                             path.string(), reason != nullptr ? reason : error.message())};
  }
  if (!library->has(symbol)) {
    return Error{fmt::format("{}: the dynamic linker finds no symbol {} in it; build it again",
                             path.string(), symbol)};
  }
  return OpenObject{library, &library->get<const char>(symbol)};
}

}  // namespace daxlab
