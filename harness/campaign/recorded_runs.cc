#include "harness/campaign/recorded_runs.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "harness/campaign/shared_parts.h"

namespace daxlab {
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
  const Json document = json_or_null(text.value());
  if (!document["context"].is_map() || !document["benchmarks"].is_list()) {
    return Error{path.string() + ": is no result file of daxlab run --out"};
  }
  RecordedRuns runs;
  SharedParts parts;
  Json& context = runs.contexts.emplace_back(document["context"]);
  if (context["interrupted"].is_text()) runs.interrupted = context["interrupted"].text();
  context.remove("interrupted");  // it is not, when it is gone on with
  for (const Json& json : document["benchmarks"].items()) {
    if (json["run_type"] == "aggregate") continue;
    auto record = read_record(json);
    if (!record.ok()) return Error{fmt::format("{}: {}", path.string(), record.error().message)};
    parts.share(record.value());
    runs.records.push_back(record.take());
  }
  return runs;
}

}  // namespace daxlab
