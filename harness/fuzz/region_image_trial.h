// One image put through all that opening, checking, repairing and using a region does to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace daxlab {

enum class ImageFate : uint32_t {
  refused,     // no region is found in it
  recovered,   // opened; files were read, written and removed after that
  repaired,    // not opened, but repaired, and then as above
  left_alone,  // neither: too much is damaged, or it is read-only
};
inline constexpr uint32_t image_fates = 4;

struct ImageTrial {
  ImageFate fate = ImageFate::refused;
  // The first promise of recovery, check or repair that was not kept, for people. Whatever touches
  // memory that it must not, never ends or asks for too much memory is found by the sanitizers.
  std::optional<std::string> broken_promise;
};

ImageTrial try_region_image(std::span<const std::byte> input);

}  // namespace daxlab
