#include "harness/doctor/examine.h"

#include <charconv>
#include <fstream>

namespace daxlab {

std::optional<std::string> read_line(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::string line;
  if (!std::getline(stream, line)) return std::nullopt;
  return line;
}

std::optional<uint64_t> parse_number(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return std::nullopt;
  const size_t last = text.find_last_not_of(" \t") + 1;
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data() + first, text.data() + last, number);
  if (error != std::errc{} || end != text.data() + last) return std::nullopt;
  return number;
}

std::vector<MachineFinding> examine_machine() {
  const std::filesystem::path root = "/";
  std::vector<MachineFinding> findings = {examine_kernel(root), examine_memory(root)};
  for (MachineFinding& finding : examine_userfaultfd(probe_userfaultfd())) {
    findings.push_back(std::move(finding));
  }
  findings.push_back(examine_memfd(probe_memfd()));
  findings.push_back(examine_flush_instructions(probe_flush_instructions()));
  findings.push_back(examine_huge_zero_page(root));
  findings.push_back(examine_max_map_count(root));
  findings.push_back(examine_overcommit(root));
  for (MachineFinding& finding : examine_dax_devices(root)) findings.push_back(std::move(finding));
  return findings;
}

}  // namespace daxlab
