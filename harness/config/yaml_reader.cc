#include "harness/config/yaml_reader.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <sstream>
#include <string>
#include <vector>

#include "harness/config/quoted_text.h"
#include "harness/config/text_check.h"

namespace daxlab {
namespace {

// What the library's words mean to somebody who wrote a config.
std::string syntax_message(const std::string& words) {
  constexpr std::array<std::array<std::string_view, 2>, 4> hints = {{
      {"illegal EOF in scalar", "a quote before is never closed"},
      {"end of map not found", "expected 'key: value', in the column of the keys above"},
      {"illegal map value", "': ' does not belong here; check the indentation"},
      {"illegal flow end", "this bracket was not opened"},
  }};
  std::string message = "YAML syntax: " + printable(words, 200);
  for (const auto& [library_words, hint] : hints) {
    if (words == library_words) message += fmt::format(" ({})", hint);
  }
  return message;
}

Location end_of(std::string_view text, uint32_t override_number) {
  const size_t last_break = text.rfind('\n');
  const size_t line_start = last_break == std::string_view::npos ? 0 : last_break + 1;
  return Location{override_number, static_cast<uint32_t>(std::ranges::count(text, '\n')) + 1,
                  static_cast<uint32_t>(text.size() - line_start) + 1};
}

Location location_of(const YAML::Mark& mark, uint32_t override_number) {
  if (mark.is_null()) return Location{override_number, 1, 1};
  return Location{override_number, static_cast<uint32_t>(mark.line) + 1,
                  static_cast<uint32_t>(mark.column) + 1};
}

// Builds the tree from parser events, not from the library's nodes: those resolve aliases silently.
// After the first problem all further events are ignored.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(uint32_t override_number, FirstProblem& problems)
      : override_number_(override_number), problems_(problems) {}

  bool failed() const { return failed_; }
  Node take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) fail(mark, "a second document starts here; expected one document");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (!check_properties(mark, "?", anchor)) return;
    if (key_expected()) return fail(mark, "expected a key, found nothing");
    place(node_at(mark, Node::Kind::nothing));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fail(mark, "aliases (*name) are not supported; write the value out");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (!check_properties(mark, tag, anchor)) return;
    if (key_expected()) {
      if (value == "<<") return fail(mark, "merge keys (<<) are not supported; write the keys out");
      open_.back()->entries.push_back({value, location_of(mark, override_number_), Node{}});
      key_pending_.back() = true;
      return;
    }
    Node node = node_at(mark, Node::Kind::scalar);
    node.text = value;
    place(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    start(mark, tag, anchor, Node::Kind::list);
  }
  void OnSequenceEnd() override { end(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    start(mark, tag, anchor, Node::Kind::map);
  }
  void OnMapEnd() override { end(); }

 private:
  void fail(const YAML::Mark& mark, std::string message) {
    if (!failed_) problems_.report(location_of(mark, override_number_), std::move(message));
    failed_ = true;
  }

  bool check_properties(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (failed_) return false;
    if (anchor != 0) {
      fail(mark, "anchors (&name) are not supported; write the value out");
    } else if (tag != "?" && tag != "!" && !tag.empty()) {  // those two: plain, quoted
      fail(mark, fmt::format("tags are not supported, found {}", in_quotes(tag)));
    }
    return !failed_;
  }

  Node node_at(const YAML::Mark& mark, Node::Kind kind) const {
    Node node;
    node.kind = kind;
    node.at = location_of(mark, override_number_);
    return node;
  }

  // Whether the next event is a key of the innermost map.
  bool key_expected() const {
    return !open_.empty() && open_.back()->kind == Node::Kind::map && !key_pending_.back();
  }

  // Pointers to open nodes stay valid: only the innermost open node grows.
  Node* place(Node node) {
    if (open_.empty()) return &(root_ = std::move(node));
    Node* parent = open_.back();
    if (parent->kind == Node::Kind::list) return &parent->items.emplace_back(std::move(node));
    key_pending_.back() = false;
    // The parser's mark of an absent value is that of whatever comes next.
    if (node.kind == Node::Kind::nothing) node.at = parent->entries.back().key_at;
    return &(parent->entries.back().value = std::move(node));
  }

  void start(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
             Node::Kind kind) {
    if (!check_properties(mark, tag, anchor)) return;
    if (key_expected())
      return fail(mark,
                  "expected a word as key, found a list, a map, or a bracket that is never closed");
    if (open_.size() == max_yaml_depth) {
      return fail(mark, fmt::format("nested more than {} deep", max_yaml_depth));
    }
    Node* node = place(node_at(mark, kind));
    open_.push_back(node);
    key_pending_.push_back(false);
  }

  void end() {
    if (failed_) return;
    assert(!open_.empty());
    open_.pop_back();
    key_pending_.pop_back();
  }

  uint32_t override_number_;
  FirstProblem& problems_;
  bool failed_ = false;
  uint32_t documents_ = 0;
  Node root_;
  std::vector<Node*> open_;
  std::vector<bool> key_pending_;  // for each open node: a key waits for its value
};

}  // namespace

std::optional<Node> read_yaml(std::string_view text, uint32_t override_number,
                              FirstProblem& problems) {
  if (text.size() > max_yaml_bytes) {
    problems.report(
        {override_number, 1, 1},
        fmt::format("larger than {} bytes, the most a config may have", max_yaml_bytes));
    return std::nullopt;
  }
  if (const std::optional<BadText> bad = find_bad_text(text)) {
    problems.report({override_number, bad->line, bad->column}, bad->message);
    return std::nullopt;
  }
  TreeBuilder builder(override_number, problems);
  try {
    // A comment ends the text: without it the parser accepts a quote that is never closed.
    std::istringstream stream{std::string(text) + "\n#"};
    YAML::Parser parser(stream);
    while (!builder.failed() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& exception) {
    if (!builder.failed()) {
      problems.report(
          std::min(location_of(exception.mark, override_number), end_of(text, override_number)),
          syntax_message(exception.msg));
    }
    return std::nullopt;
  } catch (const std::exception& exception) {
    problems.report({override_number, 1, 1},
                    fmt::format("cannot be read as YAML: {}", exception.what()));
    return std::nullopt;
  }
  if (builder.failed()) return std::nullopt;
  return builder.take_root();
}

}  // namespace daxlab
