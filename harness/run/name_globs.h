// Which names are meant by --cells, given any number of times: as of file names, but '*' matches
// '/', too. One that begins with '!' takes names away.
#pragma once

#include <string>
#include <vector>

namespace daxlab {

class NameGlobs {
 public:
  explicit NameGlobs(std::vector<std::string> globs) : globs_(std::move(globs)) {}

  // One of those without '!' matches, if there are any, and none of the others.
  bool want(const std::string& name) const;
  // The first that matches no name; nullptr: each matches one.
  const std::string* without_match(const std::vector<std::string>& names) const;

 private:
  std::vector<std::string> globs_;
};

// A glob that matches this name and no other.
std::string glob_of(const std::string& name);

}  // namespace daxlab
