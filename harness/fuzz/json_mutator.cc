#include "harness/fuzz/json_mutator.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "harness/histories/random.h"

namespace daxlab {
namespace {

constexpr size_t longest_text_bytes = size_t{1} << 16;

class JsonMutator {
 public:
  explicit JsonMutator(uint64_t seed) : random_(seed) {}

  void change(Json& root) {
    std::vector<Json*> nodes;
    list(root, nodes);
    Json& node = *nodes[random_.below(nodes.size())];
    const Json other = *nodes[random_.below(nodes.size())];
    if (random_.percent(20)) {
      node = other;
    } else if (node.is_list()) {
      change_list(node, other);
    } else if (node.is_map()) {
      change_map(node, other);
    } else {
      node = value_near(node);
    }
  }

 private:
  static void list(Json& node, std::vector<Json*>& nodes) {
    nodes.push_back(&node);
    if (node.is_list()) {
      for (Json& item : node.changeable_items()) list(item, nodes);
    }
    for (const auto& [key, value] : std::as_const(node).members()) list(*node.find(key), nodes);
  }

  Json value_near(const Json& value) {
    if (value.as_unsigned() && random_.percent(60)) {
      const uint64_t number = *value.as_unsigned();
      switch (random_.below(5)) {
        case 0:
          return number + 1;
        case 1:
          return number - 1;
        case 2:
          return number ^ (uint64_t{1} << random_.below(64));
        case 3:
          return number * 8;
        default:
          return number / 4096 * 4096;
      }
    }
    return any_value();
  }

  Json any_value() {
    switch (random_.below(8)) {
      case 0:
        return random_.one_of({0, 1, 2, 3, 8, 4096, 65536, 262144, 524288, UINT64_MAX});
      case 1:
        return -static_cast<int64_t>(random_.below(10));
      case 2:
        return 1.5e300;
      case 3:
        return random_.percent(50);
      case 4:
        return nullptr;
      case 5:
        return Json::list();
      case 6:
        return Json::map();
      default: {
        constexpr const char* words[] = {"",     "load",  "store",     "write", "map",  "truncate",
                                         "drop", "fence", "coherence", "a\nb",  "\x7f", "64MiB"};
        return words[random_.below(std::size(words))];
      }
    }
  }

  void change_list(Json& node, const Json& other) {
    std::vector<Json>& items = node.changeable_items();
    const size_t at = items.empty() ? 0 : random_.below(items.size());
    switch (random_.below(4)) {
      case 0:
        if (!items.empty()) items.erase(items.begin() + static_cast<ptrdiff_t>(at));
        break;
      case 1:
        if (!items.empty()) items.push_back(Json(items[at]));
        break;
      case 2:
        if (!items.empty()) std::swap(items[at], items[random_.below(items.size())]);
        break;
      default:
        items.push_back(other);
    }
  }

  void change_map(Json& map, const Json& other) {
    if (map.empty() || random_.percent(15)) {
      map.set("extra", other);
      return;
    }
    const JsonMember chosen = map.members()[random_.below(map.size())];
    if (random_.percent(40)) {
      map.remove(chosen.key);
    } else if (random_.percent(20)) {
      map.remove(chosen.key);
      map.set(chosen.key + "s", chosen.value);
    } else {
      map.set(chosen.key, random_.percent(50) ? value_near(chosen.value) : other);
    }
  }

  Random random_;
};

}  // namespace

std::string mutate_json(const std::string& text, uint64_t seed) {
  Json root;
  if (read_json(text, root)) return text;
  JsonMutator mutator(seed);
  for (uint64_t changes = Random(seed).between(1, 2); changes > 0; --changes) mutator.change(root);
  std::string changed = root.dump();
  return changed.size() <= longest_text_bytes ? changed : text;
}

size_t mutate_json_input(uint8_t* data, size_t size, size_t max_size, uint64_t seed,
                         MutateBytes mutate_bytes) {
  Random random(seed);
  if (random.percent(25)) return mutate_bytes(data, size, max_size);
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string changed = mutate_json(text, random.next());
  if (changed == text || changed.size() > max_size) return mutate_bytes(data, size, max_size);
  std::memcpy(data, changed.data(), changed.size());
  return changed.size();
}

}  // namespace daxlab
