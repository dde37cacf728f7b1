#include "harness/workloads/file_options.h"

#include <fmt/format.h>

#include <bit>

namespace daxlab {
namespace {

struct Given {
  uint64_t value = 0, default_value = 0;
};

std::optional<Given> option_of(const OptionTable& table, const OptionValues& values,
                               std::string_view name) {
  for (uint32_t i = 0; i < table.count; ++i) {
    if (name == table.options[i].name) return Given{values[i], table.options[i].default_value};
  }
  return std::nullopt;
}

std::string shown(uint64_t bytes) {
  if (bytes % MiB == 0 && bytes != 0) return fmt::format("{}MiB", bytes / MiB);
  if (bytes % KiB == 0 && bytes != 0) return fmt::format("{}KiB", bytes / KiB);
  return fmt::format("{}B", bytes);
}

std::optional<WrongOption> find_wrong_holes(const Given& length, const Given& every) {
  const auto wrong = [&](std::string why) {
    return WrongOption{"file.holes.length", std::move(why)};
  };
  if (every.value == 0) {
    if (length.value == length.default_value) return std::nullopt;
    return wrong(fmt::format("{}, but holes.every is 0, and so nothing is hole; set it, too",
                             shown(length.value)));
  }
  if (length.value <= every.value) return std::nullopt;
  return wrong(fmt::format("{} is more than holes.every, which is {}", shown(length.value),
                           shown(every.value)));
}

}  // namespace

std::optional<WrongOption> find_wrong_option(const OptionTable& table, const OptionValues& values) {
  for (const char* name : {"file.holes.length", "file.holes.every", "file.offset"}) {
    const auto given = option_of(table, values, name);
    if (given && given->value % page_bytes != 0) {
      return WrongOption{name, fmt::format("{} is not a multiple of 4KiB", shown(given->value))};
    }
  }
  const auto align = option_of(table, values, "file.align");
  if (align && align->value != 0 &&
      (!std::has_single_bit(align->value) || align->value < page_bytes)) {
    return WrongOption{"file.align", fmt::format("{} is not a power of two from 4KiB to 2MiB",
                                                 shown(align->value))};
  }
  const auto length = option_of(table, values, "file.holes.length");
  const auto every = option_of(table, values, "file.holes.every");
  return length && every ? find_wrong_holes(*length, *every) : std::nullopt;
}

FileLayout FileLayout::of(const OptionTable& table, const OptionValues& values) {
  return {option_of(table, values, align_option.name).value_or(Given{}).value,
          option_of(table, values, offset_option.name).value_or(Given{}).value};
}

}  // namespace daxlab
