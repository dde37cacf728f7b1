// What the two commands install, and what they say where they cannot: on systems that are made up
// of a PATH with a false apt in it and a file for /etc/os-release.
#include <gtest/gtest.h>

#include <string>

#include "harness/house/source_tree.h"

namespace daxlab {
namespace {

// Debian 12 and 13, as far as it matters here; all else is as in `others`.
const std::string others =
    "g++ 4:12.2.0-3\ncmake 3.25.1-1\nninja-build 1.11\nccache 4.8\ngit 1:2.39\nlibyaml-cpp-dev "
    "0.7\n"
    "libfmt-dev 9.1\nnlohmann-json3-dev 3.11\nlibcli11-dev 2.1\nlibbenchmark-dev "
    "1.7\nlibxxhash-dev 0.8\nlibndctl-dev 76.1\nlibdaxctl-dev 76.1\n";
const std::string for_tests = "libgtest-dev 1.12\nlibgmock-dev 1.12\nlibvalijson-dev 1.0\n";
const std::string boost_of_debian_12 =
    "libboost-context-dev 1.74.0.3\nlibboost-context1.74-dev 1.74.0+ds1-21\n"
    "libboost-context1.81-dev 1.81.0-5+deb12u1\n";
const std::string boost_of_debian_13 =
    "libboost-context-dev 1.83.0.2+b2\nlibboost-context1.83-dev 1.83.0-4.2\n"
    "libboost-context1.88-dev 1.88.0-1\n";

class FakeSystem {
 public:
  FakeSystem() {
    std::filesystem::create_directory(scratch_.path() / "bin");
    run_command(
        "for tool in bash cat cut dirname env grep mktemp nproc rm sed sort; do ln -s \"$(command "
        "-v $tool)\" " +
        (scratch_.path() / "bin").string() + "; done");
  }

  void has_tool(const std::string& name, const std::string& script) {
    scratch_.write("bin/" + name, "#!/bin/sh\ncd '" + scratch_.path().string() + "'\n" + script);
    std::filesystem::permissions(scratch_.path() / "bin" / name, std::filesystem::perms::owner_all);
  }

  // Both: lines of "NAME VERSION".
  void has_apt(const std::string& offered, const std::string& installed) {
    scratch_.write("offered", offered);
    scratch_.write("installed", installed);
    has_tool("sudo", "exec \"$@\"\n");
    has_tool("apt-get", "echo \"$*\" >>calls\n");
    has_tool("apt-cache",
             "case $1 in\n"
             "pkgnames) grep \"^$2\" offered | cut -d' ' -f1 ;;\n"
             "policy) grep \"^$2 \" offered | sed 's/.* /  Candidate: /' ;;\n"
             "esac\n");
    has_tool("dpkg-query",
             "for last; do :; done\n"
             "while read -r name version; do\n"
             "  case $name in $last) echo \"ii  $name $version\" ;; esac\n"
             "done <installed\n");
  }

  void is(const std::string& os_release) const { scratch_.write("os-release", os_release); }

  CommandOutcome run(const std::string& commands) const {
    return run_command("PATH=" + (scratch_.path() / "bin").string() +
                       " bash -c 'set -euo pipefail; source harness/setup.sh; os_release=" +
                       (scratch_.path() / "os-release").string() + "; " + commands + "'");
  }

  // The packages that apt-get was asked for.
  std::string installs(const std::string& arrays) const {
    const CommandOutcome outcome = run("install_missing " + arrays);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    return apt_calls();
  }
  std::string apt_calls() const {
    return run_command("cat " + (scratch_.path() / "calls").string() +
                       " 2>/dev/null | sed 's/.*--no-install-recommends //'")
        .output;
  }

 private:
  ScratchFolder scratch_;
};

const std::string quickstart_needs = "\"${packages[@]}\"";
const std::string test_needs = "\"${packages[@]}\" \"${test_packages[@]}\"";

TEST(Packages, NothingIsAskedOfAptWhenAllIsThere) {
  FakeSystem system;
  system.has_apt("", others + for_tests + boost_of_debian_12);
  EXPECT_EQ(system.installs(test_needs), "");
}

TEST(Packages, TheTestsNeedMoreThanQuickstart) {
  FakeSystem system;
  const std::string there = others + boost_of_debian_12;
  system.has_apt(there + for_tests, there);
  EXPECT_EQ(system.installs(quickstart_needs), "");
  EXPECT_EQ(system.installs(test_needs), "update -qq\nlibgtest-dev libgmock-dev libvalijson-dev\n");
}

TEST(Packages, BoostIsTheOneThatIsNewEnough) {
  struct Case {
    std::string offered, installed;
    std::string wanted;
  };
  const std::vector<Case> cases = {
      {boost_of_debian_12, "", "libboost-context1.81-dev"},
      {boost_of_debian_13, "", "libboost-context-dev"},
      // By number, not by letter; and the system's own default comes first where it will do.
      {"libboost-context1.99-dev 1.99\nlibboost-context1.100-dev 1.100\n", "",
       "libboost-context1.100-dev"},
      // What is there is too old, or is not the first choice but will do.
      {boost_of_debian_12, "libboost-context-dev 1.74.0.3\n", "libboost-context1.81-dev"},
      {boost_of_debian_13, "libboost-context1.88-dev 1.88.0-1\n", ""},
  };
  for (const Case& tried : cases) {
    FakeSystem system;
    system.has_apt(others + tried.offered, others + tried.installed);
    EXPECT_EQ(system.installs(quickstart_needs),
              tried.wanted.empty() ? "" : "update -qq\n" + tried.wanted + "\n")
        << tried.offered << tried.installed;
  }
}

// Debian's epoch, the 4, is no part of the version.
TEST(Packages, AnOldCMakeIsReplaced) {
  FakeSystem system;
  const std::string boost = boost_of_debian_13;
  system.has_apt(others + boost, "cmake 4:3.18.4-2\n" + others.substr(others.find("ninja")) +
                                     "g++ 4:12.2.0-3\n" + boost);
  EXPECT_EQ(system.installs(quickstart_needs), "update -qq\ncmake\n");
}

TEST(Packages, WhereAptHasNoBoostThatWillDoItSaysSoAndInstallsNothing) {
  FakeSystem system;
  system.has_apt(others + "libboost-context-dev 1.74.0.3\n", "");
  const CommandOutcome outcome = system.run("install_missing " + quickstart_needs);
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.output, "libboost-context-dev>=1.81")) << outcome.output;
  EXPECT_FALSE(contains(outcome.output, "cmake>=")) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "Boost 1.81")) << outcome.output;
  EXPECT_EQ(system.apt_calls(), "update -qq\n");
}

TEST(Packages, WithoutAptItSpeaksTheSystemsWords) {
  struct Case {
    std::string os_release;
    std::string wanted;
  };
  const std::vector<Case> cases = {
      {"ID=fedora\nPRETTY_NAME=\"Fedora Linux 42\"\n",
       "Here (Fedora Linux 42), as root: dnf install gcc-c++ "},
      {"ID=rocky\nID_LIKE=\"rhel centos fedora\"\n", "Here (rocky), as root: dnf install gcc-c++ "},
      {"ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n", "zypper install gcc-c++ "},
      {"ID=manjaro\nID_LIKE=arch\n", "pacman -S --needed gcc "},
      {"ID=alpine\n", "apk add g++ "},
      {"ID=gentoo\n", "daxlab needs a C++20 compiler"},
      {"", "daxlab needs a C++20 compiler"},
      {"ID='a quote that is not closed\n", "daxlab needs a C++20 compiler"},
  };
  for (const Case& tried : cases) {
    FakeSystem system;
    system.is(tried.os_release);
    const CommandOutcome outcome = system.run("install_missing " + test_needs);
    EXPECT_EQ(outcome.exit_code, 1) << tried.os_release;
    EXPECT_TRUE(contains(outcome.output, tried.wanted)) << tried.os_release << outcome.output;
    EXPECT_TRUE(contains(outcome.output, "Boost 1.81")) << tried.os_release << outcome.output;
  }
  const CommandOutcome without_file = FakeSystem().run("install_missing " + quickstart_needs);
  EXPECT_EQ(without_file.exit_code, 1);
  EXPECT_TRUE(contains(without_file.output, "daxlab needs a C++20 compiler"))
      << without_file.output;
}

TEST(Packages, WithoutAptCMakeDecidesAndWhatItMissesIsNamed) {
  FakeSystem system;
  system.is("ID=arch\n");
  system.has_tool("ninja", "exit 0\n");
  system.has_tool("c++", "exit 0\n");
  system.has_tool("cmake", "exit 0\n");
  const std::string commands = "install_missing " + quickstart_needs + "; configure release";
  const CommandOutcome found = system.run(commands);
  EXPECT_EQ(found.exit_code, 0) << found.output;
  EXPECT_FALSE(contains(found.output, "pacman")) << found.output;

  system.has_tool("cmake", "echo no Boost here; exit 1\n");
  const CommandOutcome failed = system.run(commands);
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_TRUE(contains(failed.output, "no Boost here")) << failed.output;
  EXPECT_TRUE(contains(failed.output, "pacman -S --needed gcc cmake ninja ")) << failed.output;
  EXPECT_FALSE(contains(failed.output, "gtest")) << failed.output;
}

TEST(Packages, EachHasANameElsewhere) {
  const FakeSystem system;
  const CommandOutcome outcome = system.run(
      "for name in " + test_needs +
      " clang; do names_elsewhere | grep \"^$name \" >/dev/null || echo \"$name\"; done");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.output, "");
}

TEST(Packages, ACommandThatCannotInstallSaysWhatItNeeds) {
  const FakeSystem system;
  const CommandOutcome quickstart = system.run("harness/quickstart");
  EXPECT_EQ(quickstart.exit_code, 1) << quickstart.output;
  EXPECT_TRUE(contains(quickstart.output, "CMake 3.23")) << quickstart.output;
  EXPECT_FALSE(contains(quickstart.output, "GoogleTest")) << quickstart.output;
  const CommandOutcome test = system.run("harness/test");
  EXPECT_EQ(test.exit_code, 1) << test.output;
  EXPECT_TRUE(contains(test.output, "GoogleTest 1.12")) << test.output;
}

}  // namespace
}  // namespace daxlab
