#include "harness/config/yaml_reader.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "harness/config/anchored_node.h"
#include "harness/config/node_checks.h"
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

constexpr std::string_view merge_key = "<<";

// Builds the tree from parser events, not from the library's nodes: those know neither merge keys
// nor where an alias stood. After the first problem all further events are ignored.
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
    if (!check_tag(mark, "?")) return;
    if (key_expected()) return fail(mark, "expected a key, found nothing");
    finish(anchor, *place(node_at(mark, Node::Kind::nothing)));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (failed_) return;
    if (key_expected()) return fail(mark, "expected a word as key, found an alias");
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) return fail(mark, "this alias stands inside of its own anchor");
    const AnchoredNode& anchored = found->second;
    if (open_.size() + anchored.size.depth > max_yaml_depth) return fail(mark, too_deep());
    const Location at = location_of(mark, override_number_);
    if (!add_alias_bytes(anchored.size.bytes, at)) return;
    Node node = anchored.node;
    mark_as_used_at(at, node);
    node.at = at;
    place(std::move(node));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (!check_tag(mark, tag)) return;
    Node node = node_at(mark, Node::Kind::scalar);
    node.text = value;
    node.quoted = tag == "!";
    if (!key_expected()) return finish(anchor, *place(std::move(node)));
    finish(anchor, node);
    MapEntry entry{value, node.at, Node{}};
    if (value == merge_key && !node.quoted) {
      if (open_.back().merge_at) {
        return fail(mark, fmt::format("a second merge key (<<), first at {}; write one with a list "
                                      "of maps: <<: [*a, *b]",
                                      problems_.place(*open_.back().merge_at)));
      }
      open_.back().merge_at = node.at;
    }
    open_.back().node->entries.push_back(std::move(entry));
    open_.back().key_pending = true;
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
  void fail(const Location& at, std::string message) {
    if (!failed_) problems_.report(at, std::move(message));
    failed_ = true;
  }
  void fail(const YAML::Mark& mark, std::string message) {
    fail(location_of(mark, override_number_), std::move(message));
  }

  bool check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!failed_ && tag != "?" && tag != "!" && !tag.empty()) {  // those two: plain, quoted
      fail(mark, fmt::format("tags are not supported, found {}", in_quotes(tag)));
    }
    return !failed_;
  }

  static std::string too_deep() { return fmt::format("nested more than {} deep", max_yaml_depth); }

  Node node_at(const YAML::Mark& mark, Node::Kind kind) const {
    Node node;
    node.kind = kind;
    node.at = location_of(mark, override_number_);
    return node;
  }

  // Whether the next event is a key of the innermost map.
  bool key_expected() const {
    return !open_.empty() && open_.back().node->kind == Node::Kind::map &&
           !open_.back().key_pending;
  }

  // Pointers to open nodes stay valid: only the innermost open node grows.
  Node* place(Node node) {
    if (open_.empty()) return &(root_ = std::move(node));
    Node* parent = open_.back().node;
    if (parent->kind == Node::Kind::list) return &parent->items.emplace_back(std::move(node));
    open_.back().key_pending = false;
    // The parser's mark of an absent value is that of whatever comes next.
    if (node.kind == Node::Kind::nothing) node.at = parent->entries.back().key_at;
    return &(parent->entries.back().value = std::move(node));
  }

  void start(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
             Node::Kind kind) {
    if (!check_tag(mark, tag)) return;
    if (key_expected())
      return fail(mark,
                  "expected a word as key, found a list, a map, or a bracket that is never closed");
    if (open_.size() == max_yaml_depth) return fail(mark, too_deep());
    Node* node = place(node_at(mark, kind));
    open_.push_back({node, anchor, false, std::nullopt});
  }

  void end() {
    if (failed_) return;
    assert(!open_.empty());
    const OpenNode closed = open_.back();
    open_.pop_back();
    if (closed.merge_at) resolve_merge(*closed.node, *closed.merge_at);
    if (!failed_) finish(closed.anchor, *closed.node);
  }

  // Keeps what an anchor names; 0: there is none.
  void finish(YAML::anchor_t anchor, const Node& node) {
    if (anchor == 0) return;
    const TreeSize size = size_of(node);
    if (add_alias_bytes(size.bytes, node.at)) anchors_.emplace(anchor, AnchoredNode{node, size});
  }

  bool add_alias_bytes(size_t bytes, const Location& at) {
    alias_bytes_ += bytes;
    if (alias_bytes_ <= max_alias_bytes) return true;
    fail(at, fmt::format("anchors and aliases bring more than {} bytes, the most that they may",
                         max_alias_bytes));
    return false;
  }

  // Replaces the merge key of a map by the keys that it brings.
  void resolve_merge(Node& map, const Location& merge_at) {
    const auto is_merge = [&](const MapEntry& entry) {
      return entry.key == merge_key && entry.key_at == merge_at;
    };
    const auto entry = std::ranges::find_if(map.entries, is_merge);
    assert(entry != map.entries.end());
    const Node merged = std::move(entry->value);
    map.entries.erase(entry);
    std::set<std::string> keys;
    for (const MapEntry& own : map.entries) keys.insert(own.key);
    if (merged.kind != Node::Kind::list) return merge_map(merged, map, keys);
    for (const Node& item : merged.items) merge_map(item, map, keys);
  }

  void merge_map(const Node& merged, Node& map, std::set<std::string>& keys) {
    if (merged.kind != Node::Kind::map) {
      return fail(merged.at, fmt::format("<<: expected a map or a list of maps, such as *defaults, "
                                         "{}",
                                         found(merged)));
    }
    add_missing_keys(merged, map, keys);
  }

  struct OpenNode {
    Node* node;
    YAML::anchor_t anchor;
    bool key_pending;  // a key waits for its value
    std::optional<Location> merge_at;
  };

  uint32_t override_number_;
  FirstProblem& problems_;
  bool failed_ = false;
  uint32_t documents_ = 0;
  Node root_;
  std::vector<OpenNode> open_;
  std::map<YAML::anchor_t, AnchoredNode> anchors_;  // those that are complete
  size_t alias_bytes_ = 0;
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
