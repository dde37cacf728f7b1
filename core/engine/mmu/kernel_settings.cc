#include "core/engine/mmu/kernel_settings.h"

#include <fstream>

namespace daxlab {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

}  // namespace

bool kernel_has_huge_zero_page(const std::string& folder) {
  return first_line(folder + "/use_zero_page") == "1" &&
         first_line(folder + "/enabled").find("[never]") == std::string::npos;
}

uint64_t kernel_max_map_count() {
  std::ifstream file("/proc/sys/vm/max_map_count");
  uint64_t count = 0;
  return file >> count ? count : 65530;
}

}  // namespace daxlab
