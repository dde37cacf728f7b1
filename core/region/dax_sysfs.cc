#include "core/region/dax_sysfs.h"

#include <fmt/format.h>
#include <sys/sysmacros.h>

#include <charconv>
#include <functional>
#include <string_view>
#include <system_error>

#include "core/base/bytes_text.h"
#include "core/base/kernel_file.h"
#include "daxlab/types.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;

fs::path folder_of(const char* type, dev_t number, const fs::path& root) {
  const fs::path link =
      root / "sys/dev" / type / fmt::format("{}:{}", major(number), minor(number));
  std::error_code missing;
  const fs::path folder = fs::canonical(link, missing);
  return missing ? fs::path() : folder;
}

// A folder or the nearest above it of which `is_wanted`; empty: none.
fs::path nearest_above(fs::path folder, const std::function<bool(const fs::path&)>& is_wanted) {
  for (; folder.has_relative_path(); folder = folder.parent_path()) {
    if (is_wanted(folder)) return folder;
  }
  return {};
}

bool is_of_bus(const fs::path& device, const char* bus) {
  std::error_code missing;
  return fs::read_symlink(device / "subsystem", missing).filename() == bus;
}

Error does_not_say(const std::string& path, const fs::path& file) {
  return {fmt::format("{}: {} does not say a number; is sysfs mounted, and may it be read?", path,
                      file.string())};
}

}  // namespace

bool is_there(const fs::path& file) {
  std::error_code unknown;
  return fs::exists(file, unknown);
}

fs::path sysfs_of_character_device(dev_t number, const fs::path& root) {
  return folder_of("char", number, root);
}

fs::path sysfs_of_block_device(dev_t number, const fs::path& root) {
  return folder_of("block", number, root);
}

fs::path sysfs_of_memory_behind(const struct stat& file, const fs::path& root) {
  return S_ISCHR(file.st_mode) ? sysfs_of_character_device(file.st_rdev, root)
                               : sysfs_of_block_device(file.st_dev, root);
}

// By its name: subsystem links need not lead to the bus in all kernels.
fs::path bus_region_of(const fs::path& device) {
  return nearest_above(device, [](const fs::path& folder) {
    const std::string name = folder.filename();
    return name.size() > 6 && name.starts_with("region") && is_there(folder / "nstype");
  });
}

std::optional<uint64_t> sysfs_number(const fs::path& file) {
  const std::optional<std::string> line = read_line(file);
  if (!line) return std::nullopt;
  std::string_view digits = *line;
  const bool is_hexadecimal = digits.starts_with("0x");
  if (is_hexadecimal) digits.remove_prefix(2);
  uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [read_to, problem] =
      std::from_chars(digits.data(), end, value, is_hexadecimal ? 16 : 10);
  if (problem != std::errc{} || read_to != end) return std::nullopt;
  return value;
}

std::string how_to_make_devdax(const fs::path& device) {
  const fs::path named =
      nearest_above(device, [](const fs::path& folder) { return is_there(folder / "namespace"); });
  const std::string name = named.empty() ? "" : read_line(named / "namespace").value_or("");
  return fmt::format("ndctl create-namespace -f -e {} -m devdax --align 4096",
                     name.empty() ? "NAMESPACE" : name);
}

ErrorOr<uint64_t> usable_device_bytes(const std::string& path, dev_t number, Access access,
                                      const fs::path& root) {
  const fs::path device = sysfs_of_character_device(number, root);
  if (device.empty() || !is_of_bus(device, "dax")) {
    return Error{path +
                 ": a device, but none of persistent memory; give the path of one, such as "
                 "/dev/dax0.0, or of a plain file"};
  }
  const auto size = sysfs_number(device / "size");
  if (!size) return does_not_say(path, device / "size");
  const auto align = sysfs_number(device / "align");
  if (!align) return does_not_say(path, device / "align");
  if (*align != page_bytes) {
    return Error{fmt::format(
        "{}: a device that is mapped by {} at a time, and blocks have 4 KiB; this makes one of 4 "
        "KiB of it, and what is on it is lost: {}",
        path, bytes_text(*align), how_to_make_devdax(device))};
  }
  const fs::path region = bus_region_of(device);
  if (access == Access::read_write && !region.empty() &&
      sysfs_number(region / "read_only").value_or(0) != 0) {
    return Error{fmt::format("{}: in a read-only region; make it writable with: echo 0 > {}", path,
                             (region / "read_only").string())};
  }
  return *size;
}

std::string persistence_domain_of_device(const fs::path& device) {
  const fs::path region = bus_region_of(device);
  if (region.empty()) return "unknown (not on an NVDIMM bus)";
  const auto domain = read_line(region / "persistence_domain");
  if (!domain || domain->empty()) return "unknown (the platform does not say)";
  if (*domain == "cpu_cache") return "eADR";
  return *domain == "memory_controller" ? "ADR" : fmt::format("unknown ({})", *domain);
}

}  // namespace daxlab
