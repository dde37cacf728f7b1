// The kernel's 2 MiB zero page: what makes native_zero cheap.
#include "harness/doctor/examine.h"

namespace daxlab {
namespace {

// "always [madvise] never" -> "madvise"; empty when no word is in brackets.
std::string chosen_word(const std::string& line) {
  const size_t open = line.find('[');
  const size_t close = line.find(']', open == std::string::npos ? 0 : open);
  if (open == std::string::npos || close == std::string::npos) return "";
  return line.substr(open + 1, close - open - 1);
}

}  // namespace

MachineFinding examine_huge_zero_page(const std::filesystem::path& root) {
  const std::filesystem::path folder = root / "sys/kernel/mm/transparent_hugepage";
  MachineFinding finding{.name = "huge zero page"};
  const std::optional<std::string> enabled = read_line(folder / "enabled");
  if (!enabled) {
    finding.state = FindingState::missing;
    finding.found = "no transparent huge pages in this kernel";
    finding.what_to_do =
        "use a kernel with CONFIG_TRANSPARENT_HUGEPAGE; native_zero maps 4 KiB pages "
        "until then";
    return finding;
  }
  const std::string mode = chosen_word(*enabled);
  const std::optional<std::string> use_zero_page = read_line(folder / "use_zero_page");
  finding.found = "transparent_hugepage/enabled=" + (mode.empty() ? *enabled : mode) +
                  ", use_zero_page=" + use_zero_page.value_or("unknown");
  if (mode != "always" && mode != "madvise") {
    finding.state = FindingState::missing;
    finding.what_to_do = "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled";
  } else if (use_zero_page != "1") {
    // Reading a hole would then take real memory, 2 MiB at a time.
    finding.state = FindingState::missing;
    finding.what_to_do = "echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page";
  }
  return finding;
}

}  // namespace daxlab
