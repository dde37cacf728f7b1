// Reads untrusted JSON by place: the first problem is kept with where it is, and everything read
// after it is worth nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"

namespace daxlab {

class CaseValue {
 public:
  // Of the whole text. Both outlive this.
  CaseValue(const Json& root, std::optional<std::string>& problem)
      : json_(&root), problem_(&problem) {}

  // "rounds[1][0].kind: expected ..."; only the first is kept.
  void report(const std::string& text) const;
  bool failed() const { return problem_->has_value(); }

  // A map with these keys at most, all of `required` among them. False: reported.
  bool is_map(std::initializer_list<std::string_view> required,
              std::initializer_list<std::string_view> optional = {}) const;
  // Of a map. nullopt: no such key; without it, 0 or another default is meant.
  std::optional<CaseValue> member(const char* key) const;

  uint64_t number(uint64_t first, uint64_t last) const;
  uint64_t number(const char* key, uint64_t first, uint64_t last, uint64_t otherwise = 0) const;
  bool boolean() const;
  std::string text(size_t longest_bytes) const;
  // One of the names: its place among them.
  size_t one_of(std::span<const std::string> names) const;
  // Of a list: each item, until one is wrong.
  void each(size_t most, const std::function<void(const CaseValue&)>& visit) const;
  // How many items the list has; 0, and reported, when it is none.
  size_t size() const;

 private:
  CaseValue(const Json& json, const CaseValue& parent, const char* key, size_t index)
      : json_(&json), parent_(&parent), key_(key), index_(index), problem_(parent.problem_) {}
  std::string place() const;
  std::string found() const;
  bool is_list() const;

  const Json* json_;
  const CaseValue* parent_ = nullptr;
  const char* key_ = nullptr;  // nullptr: an item of a list
  size_t index_ = 0;
  std::optional<std::string>* problem_;
};

}  // namespace daxlab
