#include "core/registry/probe.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string_view>

#include "core/registry/child_process.h"
#include "core/registry/plugin_info_check.h"
#include "core/registry/probe_answer.h"
#include "core/registry/shared_object.h"
#include "daxlab/alloc.h"
#include "daxlab/fault.h"
#include "daxlab/write.h"

namespace daxlab {
namespace {

void send(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = write(descriptor, text.data(), text.size());
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) _exit(1);  // the parent sees the missing answer
    text.remove_prefix(static_cast<size_t>(sent));
  }
}

template <class Plugin>
std::string answer_of(const void* symbol, const std::string& name) {
  const Plugin& plugin = *static_cast<const Plugin*>(symbol);
  if (const auto refusal = info_refusal(plugin.info, name)) {
    return encode_refusal(Error{"its declaration is wrong: " + *refusal});
  }
  if (plugin.create == nullptr || plugin.destroy == nullptr) {
    return encode_refusal(Error{"its declaration is wrong: create or destroy is null"});
  }
  return encode_info(plugin.info);
}

std::string answer_of(PluginKind kind, const void* symbol, const std::string& name) {
  switch (kind) {
    case PluginKind::fault:
      return answer_of<FaultPlugin>(symbol, name);
    case PluginKind::write:
      return answer_of<WritePlugin>(symbol, name);
    case PluginKind::alloc:
      return answer_of<AllocPlugin>(symbol, name);
  }
  return encode_refusal(Error{"is of an unknown kind"});
}

void load_and_answer(const ExaminedPlugin& plugin, const std::string& name, int descriptor) {
  const ErrorOr<OpenObject> object = open_shared_object(plugin.file, plugin.symbol.name());
  send(descriptor, std::string(1, probe_loaded));
  if (!object.ok()) {
    send(descriptor, encode_refusal(object.error()));
    return;
  }
  send(descriptor, answer_of(plugin.symbol.kind, object.value().symbol, name));
  _exit(0);  // before `object` goes: destructors of the plugin are not what was asked
}

// The child ended, or was ended, without an answer.
Error no_answer(const std::string& path, const ChildOutcome& outcome, bool loaded,
                std::chrono::milliseconds time_limit) {
  const char* const where = loaded ? "while its declaration was read"
                                   : "while it was loaded, in code that runs by itself (a "
                                     "constructor of a global)";
  if (outcome.signal_number == SIGKILL) {  // which comes from outside, and of itself only by intent
    Error error(
        fmt::format("{}: could not be looked at: the process that did was killed; is there "
                    "too little memory?",
                    path));
    error.is_shortage = true;
    return error;
  }
  if (outcome.timed_out) {
    return {fmt::format("{}: did not return within {} ms {}; take that code out", path,
                        time_limit.count(), where)};
  }
  return {fmt::format("{}: {} {}; take that code out", path, outcome.describe_end(), where)};
}

}  // namespace

ErrorOr<PluginDescription> probe_plugin(const ExaminedPlugin& plugin, const std::string& name,
                                        std::chrono::milliseconds time_limit) {
  const ErrorOr<ChildOutcome> run =
      run_in_child([&](int descriptor) { load_and_answer(plugin, name, descriptor); }, time_limit,
                   plugin.file.descriptor.number());
  const std::string path = plugin.file.path.string();
  if (!run.ok()) return run.error().prefixed(path + ": could not be looked at: ");
  const ChildOutcome& outcome = run.value();
  std::string_view answer = outcome.written;
  const bool loaded = answer.starts_with(probe_loaded);
  if (loaded) answer.remove_prefix(1);
  if (outcome.exit_status != 0 || answer.empty()) {
    return no_answer(path, outcome, loaded, time_limit);
  }
  ErrorOr<PluginDescription> answered = decode_answer(answer);
  if (!answered.ok()) {
    const Error& why = answered.error();
    return why.message.starts_with(Error{path}.message) ? why : why.prefixed(path + ": ");
  }
  PluginDescription description = answered.take();
  description.kind = plugin.symbol.kind;
  description.abi = plugin.symbol.abi;
  description.path = plugin.file.path;
  description.content_hash = plugin.content_hash;
  return description;
}

}  // namespace daxlab
