#include "harness/run/code_place_text.h"

#include <fmt/format.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "core/registry/child_process.h"

namespace daxlab {
namespace {

constexpr std::chrono::seconds longest_wait{10};

// A symbol's line and a place's line; both empty: nobody to ask.
std::string ask_addr2line(const CodePlace& place) {
  if (getauxval(AT_SECURE) != 0) return {};  // PATH is of whoever started it
  const std::string object = place.object.data();
  const std::string offset = fmt::format("{:#x}", place.offset);
  const auto answer = run_in_child(
      [&](int descriptor) {
        dup2(descriptor, STDOUT_FILENO);
        execlp("addr2line", "addr2line", "-f", "-C", "-e", object.c_str(), offset.c_str(),
               static_cast<char*>(nullptr));
        _exit(127);
      },
      longest_wait);
  return answer.ok() && answer.value().exit_status == 0 ? answer.value().written : std::string();
}

// Of what addr2line says: "??:0", "/a/b.cc:?" and "/a/b.cc:23 (discriminator 4)" are possible.
std::string file_and_line(std::string said) {
  said = said.substr(0, said.find(" ("));
  const size_t colon = said.rfind(':');
  const bool has_line = colon != said.npos && colon + 1 < said.size() && said[colon + 1] != '?' &&
                        said[colon + 1] != '0';
  if (!has_line) return {};
  return std::filesystem::path(said.substr(0, colon)).filename().string() + said.substr(colon);
}

// "MyFault::fault" of "(anonymous namespace)::MyFault::fault(daxlab::Fault const&)".
std::string short_name(std::string symbol) {
  constexpr std::string_view nameless = "(anonymous namespace)::";
  for (size_t at; (at = symbol.find(nameless)) != symbol.npos;) symbol.erase(at, nameless.size());
  return symbol.substr(0, std::min<size_t>(symbol.find('('), 120));
}

}  // namespace

std::string to_text(const CodePlace& place) {
  if (!place.is_known()) return {};
  const std::string said = ask_addr2line(place);
  const size_t end = said.find('\n');
  const std::string symbol = said.substr(0, end);
  std::string where;
  if (end != said.npos)
    where = file_and_line(said.substr(end + 1, said.find('\n', end + 1) - end - 1));
  if (where.empty()) {
    where = fmt::format("{}+{:#x}", std::filesystem::path(place.object.data()).filename().string(),
                        place.offset);
  }
  if (symbol.empty() || symbol == "??") return where;
  return where + ", in " + short_name(symbol);
}

}  // namespace daxlab
