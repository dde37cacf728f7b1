#include "harness/campaign/recorded_runs.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

namespace daxlab {
namespace {

using Json = nlohmann::ordered_json;

bool has(const Json& json, const char* key, Json::value_t type) {
  return json.is_object() && json.contains(key) && json.at(key).type() == type;
}

bool is_aggregate(const Json& record) {
  return has(record, "run_type", Json::value_t::string) && record.at("run_type") == "aggregate";
}

}  // namespace

ErrorOr<std::string> read_whole_file(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return Error{path.string() + ": is a folder"};
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::array<char, 65536> chunk;
  // Iterators of the file's buffer would throw.
  while (file.read(chunk.data(), chunk.size()) || file.gcount() > 0) {
    text.append(chunk.data(), static_cast<size_t>(file.gcount()));
  }
  if (file.is_open() && !file.bad()) return text;
  return Error{
      fmt::format("{}: cannot be read: {}", path.string(), std::generic_category().message(errno))};
}

ErrorOr<RecordedRuns> read_results(const std::filesystem::path& path) {
  const auto text = read_whole_file(path);
  if (!text.ok()) return text.error();
  const Json document = Json::parse(text.value(), nullptr, /*allow_exceptions=*/false);
  if (!has(document, "context", Json::value_t::object) ||
      !has(document, "benchmarks", Json::value_t::array)) {
    return Error{path.string() + ": is no result file of daxlab run --out"};
  }
  RecordedRuns runs;
  Json context = document.at("context");
  context.erase("interrupted");  // it is not, when it is gone on with
  runs.contexts.push_back(context.dump());
  for (const Json& json : document.at("benchmarks")) {
    if (is_aggregate(json)) continue;
    auto record = read_record(json.dump());
    if (!record.ok()) return Error{fmt::format("{}: {}", path.string(), record.error().message)};
    runs.records.push_back(record.take());
  }
  return runs;
}

}  // namespace daxlab
