#include "harness/workloads/owned_words.h"

#include <gtest/gtest.h>

#include <array>

namespace daxlab {
namespace {

using Zeros = OwnedWords::Zeros;

class OwnedWordsTest : public ::testing::Test {
 protected:
  std::string objection(OwnedWords::State before, uint64_t offset_bytes, uint64_t seen) {
    const auto failure = words_.check({"mixed", "data"}, offset_bytes, before, seen, "through x");
    return failure ? failure->message : "";
  }
  std::string objection(uint64_t offset_bytes, uint64_t seen) {
    return objection(words_.note(offset_bytes), offset_bytes, seen);
  }

  OwnedWords words_{1, 0, 64, Zeros::at_first};
  OwnedWords punched_{1, 0, 64, Zeros::any_time};
};

TEST_F(OwnedWordsTest, AreZeroAtFirstAndTheLastStoredLater) {
  EXPECT_EQ(words_.expected(8), 0u);
  EXPECT_EQ(objection(8, 0), "");
  const uint32_t version = words_.next_version();
  EXPECT_EQ(version, 1u);
  words_.stored({8, 16}, version);
  EXPECT_EQ(words_.expected(0), 0u);
  EXPECT_EQ(words_.expected(8), words_.word(8, version));
  EXPECT_EQ(words_.expected(16), words_.word(16, version));
  EXPECT_EQ(words_.expected(24), 0u);
  EXPECT_NE(words_.word(8, version), words_.word(16, version));
  EXPECT_EQ(objection(8, words_.word(8, version)), "");
  EXPECT_EQ(objection(8, 0),
            "mixed: file 'data' offset 8: expected version 1 or a later one, seen 0x0 (through x)");
  words_.zeroed({8, 8}, words_.next_version());
  EXPECT_EQ(words_.expected(8), 0u);
  std::array<uint64_t, 3> content;
  words_.content()(0, std::as_writable_bytes(std::span(content)));
  EXPECT_EQ(content, (std::array<uint64_t, 3>{0, 0, words_.word(16, version)}));
}

TEST_F(OwnedWordsTest, MayBeSeenBeforeTheirOwnerHasSaidSo) {
  const auto before = words_.note(8);
  const uint32_t version = words_.next_version();
  EXPECT_EQ(objection(before, 8, words_.word(8, version)), "");
}

TEST_F(OwnedWordsTest, OfAnotherPlaceOrFileAreNoticed) {
  const uint32_t version = words_.next_version();
  const OwnedWords other_file(1, 1, 64, Zeros::at_first), other_seed(2, 0, 64, Zeros::at_first);
  for (const uint64_t wrong : {words_.word(16, version), other_file.word(8, version),
                               other_seed.word(8, version), uint64_t{0x77}, uint64_t{1} << 40}) {
    const std::string message = objection(8, wrong);
    EXPECT_NE(message.find("expected zero or any version, seen 0x"), std::string::npos) << message;
    EXPECT_NE(message.find("which nobody has written there"), std::string::npos) << message;
  }
}

TEST_F(OwnedWordsTest, ThatAreOlderThanWhatAReaderCouldSeeAreNoticed) {
  const uint32_t old = words_.next_version(), young = words_.next_version();
  const auto before_all = words_.note(8);
  words_.stored({8, 8}, old);
  const auto before = words_.note(8);
  words_.stored({8, 8}, young);
  EXPECT_EQ(objection(before_all, 8, 0), "") << "it may have been read before all";
  EXPECT_EQ(objection(before, 8, words_.word(8, old)), "") << "it may have been read before";
  EXPECT_EQ(objection(8, words_.word(8, old)),
            "mixed: file 'data' offset 8: expected version 2 or a later one, seen version 1 "
            "(through x)");
}

TEST_F(OwnedWordsTest, ThatOneReaderHasSeenAreNotTakenBackForTheNext) {
  const uint32_t old = words_.next_version(), young = words_.next_version();
  words_.stored({8, 8}, old);
  EXPECT_EQ(objection(8, words_.word(8, young)), "");  // its owner is still about it
  EXPECT_NE(objection(8, words_.word(8, old)), "");
}

TEST_F(OwnedWordsTest, OfAnEarlierRunAreNoticed) {
  const uint64_t left_over = words_.word(8, 5);  // same seed, and nothing has version 5 yet
  const std::string message = objection(8, left_over);
  EXPECT_NE(message.find("seen version 5, which is not written yet"), std::string::npos) << message;
}

TEST_F(OwnedWordsTest, ThatWerePunchedMayBeZeroAtAnyTimeButNotOld) {
  const uint32_t old = punched_.next_version(), punch = punched_.next_version();
  punched_.stored({8, 8}, old);
  const auto check = [&](uint64_t seen) {
    return punched_.check({"punch_storm", "data"}, 8, punched_.note(8), seen, "through x");
  };
  EXPECT_FALSE(check(0)) << "a punch may be on its way";
  punched_.zeroed({8, 8}, punch);
  EXPECT_FALSE(check(0));
  ASSERT_TRUE(check(punched_.word(8, old)));
  EXPECT_NE(check(punched_.word(8, old))->message.find("expected version 3 or a later one"),
            std::string::npos);
  EXPECT_TRUE(check(punched_.word(8, punch))) << "that change stored nothing";
  EXPECT_FALSE(check(punched_.word(8, punched_.next_version())));
}

}  // namespace
}  // namespace daxlab
