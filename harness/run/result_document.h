// Documents in Google Benchmark's JSON form, one for each run, made one document.
#pragma once

#include <memory>
#include <string>

#include "core/base/error_or.h"
#include "harness/run/machine_facts.h"

namespace daxlab {

// Collects the records of runs in their order, and one context. Context entries that differ from
// run to run (an effective medium, say) are listed: "memfd, tmpfs".
class ResultDocument {
 public:
  ResultDocument();
  ~ResultDocument();
  ResultDocument(const ResultDocument&) = delete;
  ResultDocument& operator=(const ResultDocument&) = delete;

  // Takes the records of a document and its context; the library's own part of the context (date,
  // host, caches, load) is the first document's. The error: not such a document.
  ErrorOr<size_t> add(const std::string& json_text);  // the number of records
  void add_context(const ContextEntries& entries);
  std::string text() const;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace daxlab
