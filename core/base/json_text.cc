// The text of JSON: the only file that knows the library which reads and prints it.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <ostream>
#include <utility>

#include "core/base/json.h"

namespace daxlab {
namespace {

// DEL and C1 may stand in JSON as they are, but not on a terminal.
std::string with_escaped_controls(std::string text) {
  for (size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool is_c1 = byte == 0xC2 && static_cast<unsigned char>(text[at + 1]) < 0xA0;
    if (byte != 0x7F && !is_c1) continue;
    const auto code = static_cast<unsigned char>(text[at + (is_c1 ? 1 : 0)]);
    text.replace(at, is_c1 ? 2 : 1, fmt::format("\\u{:04x}", code));
  }
  return text;
}

std::string scalar_text(const nlohmann::json& scalar, bool ascii) {
  return with_escaped_controls(
      scalar.dump(-1, ' ', ascii, nlohmann::json::error_handler_t::replace));
}

bool is_list_of_numbers(const Json& json) {
  return json.is_list() && std::ranges::all_of(json.items(), &Json::is_number);
}

// Points of a curve are read in a row, and are many.
bool stays_in_a_line(const Json& json) {
  return json.is_list() && std::ranges::all_of(json.items(), [](const Json& item) {
           return item.is_number() || is_list_of_numbers(item);
         });
}

class JsonWriter {
 public:
  // No indentation: one line.
  JsonWriter(std::optional<size_t> indent, bool ascii) : indent_(indent), ascii_(ascii) {}

  void write(const Json& json, size_t depth) {
    if (indent_ && stays_in_a_line(json)) {
      text_ += json.dump();
    } else if (json.is_list()) {
      write_all(json.items(), "[]", depth, [&](const Json& item) { write(item, depth + 1); });
    } else if (json.is_map()) {
      write_all(json.members(), "{}", depth, [&](const JsonMember& member) {
        text_ += scalar_text(member.key, ascii_);
        text_ += indent_ ? ": " : ":";
        write(member.value, depth + 1);
      });
    } else {
      text_ += scalar_of(json);
    }
  }
  std::string take() { return std::move(text_); }

 private:
  std::string scalar_of(const Json& json) const {
    if (const std::string* text = json.as_text()) return scalar_text(*text, ascii_);
    if (const auto value = json.as_bool()) return *value ? "true" : "false";
    if (const auto value = json.as_unsigned()) return std::to_string(*value);
    if (const auto value = json.as_signed()) return std::to_string(*value);
    if (const auto value = json.as_double()) return scalar_text(*value, ascii_);
    return "null";
  }

  template <class Parts, class WritePart>
  void write_all(const Parts& parts, const char* brackets, size_t depth, WritePart write_part) {
    text_ += brackets[0];
    for (size_t i = 0; i < parts.size(); ++i) {
      if (i != 0) text_ += ',';
      begin_line(depth + 1);
      write_part(parts[i]);
    }
    if (!parts.empty()) begin_line(depth);
    text_ += brackets[1];
  }

  void begin_line(size_t depth) {
    if (!indent_) return;
    text_ += '\n';
    text_.append(*indent_ * depth, ' ');
  }

  std::optional<size_t> indent_;
  bool ascii_;
  std::string text_;
};

std::string written(const Json& json, std::optional<size_t> indent, bool ascii) {
  JsonWriter writer(indent, ascii);
  writer.write(json, 0);
  return writer.take();
}

// In the place of the first, the value of the last. One by one, a map of a hostile text would take
// hours.
void keep_last_values(std::vector<JsonMember>& members) {
  std::vector<size_t> order(members.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {}, [&](size_t at) { return std::string_view(members[at].key); });
  std::vector<bool> dropped(members.size());
  bool any_dropped = false;
  for (size_t i = 0, first = 0; i < order.size(); ++i) {
    if (members[order[i]].key != members[order[first]].key) first = i;
    if (i == first) continue;
    members[order[first]].value = std::move(members[order[i]].value);
    dropped[order[i]] = any_dropped = true;
  }
  if (!any_dropped) return;
  std::vector<JsonMember> kept;
  for (size_t i = 0; i < members.size(); ++i) {
    if (!dropped[i]) kept.push_back(std::move(members[i]));
  }
  members = std::move(kept);
}

// Takes what the library reads, piece by piece.
class JsonBuilder {
 public:
  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(int64_t value) { return add(value); }
  bool number_unsigned(uint64_t value) { return add(value); }
  bool number_float(double value, const std::string&) { return add(value); }
  bool string(std::string& text) { return add(std::move(text)); }
  bool binary(nlohmann::json::binary_t&) { return false; }  // not of a text
  bool start_object(size_t) { return begin(true); }
  bool start_array(size_t) { return begin(false); }
  bool key(std::string& key) {
    open_.back().members.push_back({std::move(key), {}});
    return true;
  }
  bool end_object() {
    std::vector<JsonMember> members = std::move(open_.back().members);
    open_.pop_back();
    keep_last_values(members);
    return add(Json::map_of(std::move(members)));
  }
  bool end_array() {
    std::vector<Json> items = std::move(open_.back().items);
    open_.pop_back();
    return add(Json::list_of(std::move(items)));
  }
  bool parse_error(size_t byte, const std::string&, const nlohmann::json::exception& error) {
    const std::string_view what = error.what();
    const size_t tag = what.find("] ");  // of "[json.exception.parse_error.101] "
    problem_ = {std::string(tag == what.npos ? what : what.substr(tag + 2)), byte,
                dynamic_cast<const nlohmann::json::parse_error*>(&error) != nullptr};
    return false;
  }

  const JsonProblem& problem() const { return problem_; }
  Json take() { return std::move(root_); }

 private:
  struct Open {
    bool is_map;
    std::vector<Json> items;
    std::vector<JsonMember> members;  // the last one waits for its value
  };

  // Reading on would need no stack, but what uses the value would.
  bool begin(bool is_map) {
    if (open_.size() == deepest_json) {
      problem_ = {fmt::format("nested more than {} deep", deepest_json), 0, false};
      return false;
    }
    open_.push_back({is_map, {}, {}});
    return true;
  }

  bool add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().is_map) {
      open_.back().members.back().value = std::move(value);
    } else {
      open_.back().items.push_back(std::move(value));
    }
    return true;
  }

  std::vector<Open> open_;
  Json root_;
  JsonProblem problem_;
};

}  // namespace

std::string Json::dump() const { return written(*this, std::nullopt, false); }
std::string Json::dump(size_t indent) const { return written(*this, indent, false); }
std::string Json::dump_ascii() const { return written(*this, std::nullopt, true); }
void PrintTo(const Json& json, std::ostream* out) { *out << json.dump(); }

std::optional<JsonProblem> read_json(std::string_view text, Json& json) {
  JsonBuilder builder;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) return builder.problem();
  json = builder.take();
  return std::nullopt;
}

ErrorOr<Json> parse_json(std::string_view text) {
  Json json;
  if (const auto problem = read_json(text, json)) return Error{problem->what};
  return json;
}

Json json_or_null(std::string_view text) {
  Json json;
  return read_json(text, json) ? Json() : json;
}

}  // namespace daxlab
