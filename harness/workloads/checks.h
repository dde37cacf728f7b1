// What a workload says when something is wrong, and the comparisons that find it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/file/file_system.h"
#include "harness/workloads/workload.h"

namespace daxlab {

// Where something was seen, for messages.
struct Place {
  const char* workload;
  std::string file;
};

// "mkwrite: file 'data' offset 8192: expected 0x..., seen 0x... (through mapping 2)"
Failure wrong_word(const Place& place, uint64_t offset_bytes, uint64_t expected, uint64_t seen,
                   std::string_view through);
// "write: file 'data': write of 4096 bytes at offset 0: no space left in the region"
// Where memory or the size of files is short, with the limit that explains it, if one is known.
// `wanted_bytes`: of address space that was asked for; 0: little.
Failure failed_call(const Place& place, std::string_view call, Status status,
                    uint64_t wanted_bytes = 0);
Failure failure_at(const Place& place, std::string_view what);
// Of an access that survives_bus_error() says was refused.
Failure bus_error_at(const Place& place);

std::string through_mapping(size_t index);  // "through mapping 1" for index 0
std::string describe_write(uint64_t length_bytes, uint64_t offset_bytes);
// What write() answered to `length_bytes`: has to be all of them.
std::optional<Failure> check_whole_write(const Place& place, uint64_t length_bytes,
                                         uint64_t offset_bytes, const Result<uint64_t>& written);
// The same for read(), of a range before the end of the file.
std::optional<Failure> check_whole_read(const Place& place, ByteRange range,
                                        const Result<uint64_t>& read);

// Fills `into` with the bytes that the file should hold from the offset on (a multiple of 8).
using Content = std::function<void(uint64_t offset_bytes, std::span<std::byte> into)>;

// Compare every byte of the range, which lies within the file and starts at a multiple of 8 (for a
// mapping, ends there too).
std::optional<Failure> verify_read(File& file, const Place& place, ByteRange range,
                                   const Content& content);
std::optional<Failure> verify_mapping(const View& view, const Place& place, size_t index,
                                      ByteRange range, const Content& content);
std::optional<Failure> verify_size(const File& file, const Place& place, uint64_t size_bytes);

// A file with its mappings, all of them of the whole file from its first page.
struct MappedFile {
  Place place;
  std::unique_ptr<File> file = nullptr;
  std::vector<std::unique_ptr<View>> views = {};

  // Makes the file of place.file in `files`, all hole, and maps it.
  std::optional<Failure> create(FileSystem& files, uint64_t pages, uint64_t mappings);

  std::optional<Failure> check_load(size_t index, uint64_t offset_bytes, uint64_t expected) const {
    const uint64_t seen = views[index]->load(offset_bytes);
    if (seen == expected) [[likely]]
      return std::nullopt;
    return wrong_word(place, offset_bytes, expected, seen, through_mapping(index));
  }
  std::optional<Failure> check_load_everywhere(uint64_t offset_bytes, uint64_t expected) const;
  // Loads the first word of each page from first_page on through each mapping: all are holes.
  std::optional<Failure> check_holes(uint64_t first_page, uint64_t end_page) const;
  // Through read() and through every mapping, and that the size is the end of the range.
  std::optional<Failure> verify(ByteRange range, const Content& content) const;
};

// Refuses what cannot fit, before it fails half-way: `pages` blocks and what the block maps of
// `files` files need.
std::optional<Failure> check_space(WorkloadRun& run, const char* workload, uint64_t pages,
                                   uint64_t files);
inline std::optional<Failure> check_space(WorkloadRun& run, const char* workload, uint64_t pages) {
  return check_space(run, workload, pages, run.threads);
}

// Refuses to give each thread a part of its own of what has not as many.
std::optional<Failure> check_a_part_each(const WorkloadRun& run, const char* workload,
                                         std::string_view parts, uint64_t count);

// Refuses a block_size that is not made of words.
std::optional<Failure> check_whole_words(const char* workload, uint64_t block_size_bytes);
// The same, and one that no single write can have. Makes a file and unlinks it again.
std::optional<Failure> check_block_size(WorkloadRun& run, const char* workload,
                                        uint64_t block_size_bytes);

constexpr uint64_t pages_of(uint64_t length_bytes) {
  return length_bytes / page_bytes + (length_bytes % page_bytes != 0 ? 1 : 0);
}

}  // namespace daxlab
