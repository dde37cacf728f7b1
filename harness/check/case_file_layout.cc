#include "harness/check/case_file_layout.h"

namespace daxlab {
namespace {

constexpr size_t line_width = 100;

// What has nothing in it that has something in it.
std::string on_one_line(const Json& value) {
  if (!value.is_map() || value.empty()) return value.dump();
  std::string text;
  for (const auto& [key, item] : value.members()) {
    text += text.empty() ? "{" : ", ";
    text += on_one_line(key) + ": " + on_one_line(item);
  }
  return text + "}";
}

class Layout {
 public:
  void add(const Json& value, size_t indent) {
    if (value.empty()) {
      text_ += on_one_line(value);
    } else if (value[0].is_number()) {
      add_numbers(value, indent);
    } else if (fits(value, indent)) {
      text_ += on_one_line(value);
    } else {
      add_items(value, indent);
    }
  }
  std::string take() { return std::move(text_); }

 private:
  // Lists of lists and of maps are easier to read one below the other.
  static bool fits(const Json& value, size_t indent) {
    for (const auto& [key, item] : value.members()) {
      if (!item.empty()) return false;
    }
    return value.is_map() && indent + on_one_line(value).size() <= line_width;
  }

  void begin_line(size_t indent) {
    text_ += '\n';
    text_.append(indent, ' ');
  }

  void add_items(const Json& value, size_t indent) {
    text_ += value.is_list() ? '[' : '{';
    const char* separator = "";
    const auto begin_item = [&] {
      text_ += separator;
      separator = ",";
      begin_line(indent + 2);
    };
    for (const Json& item : value.items()) {
      begin_item();
      add(item, indent + 2);
    }
    for (const auto& [key, item] : value.members()) {
      begin_item();
      text_ += on_one_line(key) + ": ";
      add(item, indent + 2);
    }
    begin_line(indent);
    text_ += value.is_list() ? ']' : '}';
  }

  void add_numbers(const Json& numbers, size_t indent) {
    text_ += '[';
    size_t used = indent;
    for (size_t i = 0; i < numbers.size(); ++i) {
      const std::string number = on_one_line(numbers[i]) + (i + 1 < numbers.size() ? ", " : "]");
      if (used + number.size() > line_width) {
        if (text_.back() == ' ') text_.pop_back();
        begin_line(indent + 2);
        used = indent + 2;
      }
      text_ += number;
      used += number.size();
    }
  }

  std::string text_;
};

}  // namespace

std::string readable_text(const Json& value) {
  Layout layout;
  layout.add(value, 0);
  return layout.take() + "\n";
}

}  // namespace daxlab
