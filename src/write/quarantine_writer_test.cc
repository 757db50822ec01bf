// rejects.ndjson and rejects.bytes: one entry a record, bytes that add up.
#include "write/quarantine_writer.h"

#include <gtest/gtest.h>

#include <random>
#include <sstream>

#include "core/utf8.h"
#include "read/json_text.h"
#include "storage/local_storage.h"
#include "tests/support/faulty_storage.h"
#include "tests/support/made_plan.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"
#include "write/base64.h"
#include "write/quarantine_text.h"

namespace lakegate {
namespace {

// Borrows the bytes.
ReasonedRecord Record(std::string_view bytes) {
  ReasonedRecord record;
  record.offset = 10;
  record.length = static_cast<int64_t>(bytes.size());
  record.line = 2;
  record.record = 1;
  record.bytes = bytes;
  record.reasons.push_back({0, ReasonCode::kTypeError, "a", "\"x\"", "expected \"more\""});
  record.reasons.push_back({-1, ReasonCode::kJsonSyntax, "", "", "broken"});
  return record;
}

std::string Base64(std::string_view bytes) {
  ByteBuffer text;
  AppendBase64(bytes, &text);
  return std::string(text.view());
}

// Of the entry's own members, which stand before the record's bytes.
int64_t NumberOf(const std::string& member, const std::string& entry) {
  const std::string label = "\"" + member + "\":";
  return std::atoll(entry.c_str() + entry.find(label) + label.size());
}

class QuarantineWriterTest : public testing::Test {
 protected:
  QuarantineWriterTest() : storage_(MakeLocalStorage()) { made_.Add("a"); }
  std::unique_ptr<QuarantineWriter> Open() {
    auto writer =
        QuarantineWriter::Open(storage_.get(), lake_.Path("q"), made_.plan(), Durability::kSync);
    EXPECT_OK(writer);
    return std::move(writer).value();
  }
  TempLake lake_;
  MadePlan made_;
  std::unique_ptr<Storage> storage_;
};

Status WriteOne(QuarantineWriter* writer, const std::string& file, const ReasonedRecord& record,
                ReadableFile* source = nullptr) {
  return writer->Write(file, {&record, 1}, "", source);
}

TEST_F(QuarantineWriterTest, OneEntryARecord) {
  auto writer = Open();
  ASSERT_OK(WriteOne(writer.get(), "landing/f.ndjson", Record("{\"a\":\"\t\"}")));
  ASSERT_OK(writer->Commit());
  EXPECT_EQ(lake_.ReadFile("q/rejects.ndjson"),
            R"({"file":"landing/f.ndjson","line":2,"offset":10,"length":9,"record":1,"position":0,)"
            R"("reasons":[{"rule":"a.logicalType","code":"type-error","field":"a","value":"x",)"
            R"("message":"expected \"more\""},{"rule":"json-syntax","code":"json-syntax",)"
            R"("field":"","value":null,"message":"broken"}],"raw":"{\"a\":\"\t\"}"})"
            "\n");
  EXPECT_EQ(lake_.ReadFile("q/rejects.bytes"), "{\"a\":\"\t\"}");
  EXPECT_EQ(std::filesystem::status(lake_.Path("q")).permissions(),
            std::filesystem::perms::owner_all);
}

TEST_F(QuarantineWriterTest, GivenUpItLeavesNothing) {
  ASSERT_OK(storage_->MakeDirectories(lake_.Path("there"), DirectoryAccess::kShared));
  for (const char* folder : {"there", "made", "made/deep/down/"}) {
    SCOPED_TRACE(folder);
    auto writer =
        QuarantineWriter::Open(storage_.get(), lake_.Path(folder), made_.plan(), Durability::kNone);
    ASSERT_OK(writer);
    ASSERT_OK(WriteOne(writer->get(), "f", Record("x")));
    writer->reset();
    EXPECT_EQ(lake_.List(), std::vector<std::string>{"there/"});
  }
  // Of what somebody else put there in the meantime nothing is lost.
  auto writer = QuarantineWriter::Open(storage_.get(), lake_.Path("made/deep"), made_.plan(),
                                       Durability::kNone);
  ASSERT_OK(writer);
  lake_.WriteFile("made/other", "x");
  writer->reset();
  EXPECT_EQ(lake_.List(), (std::vector<std::string>{"made/", "made/other", "there/"}));
}

// Another writer that had made it was given up just now.
TEST_F(QuarantineWriterTest, AFolderThatGoesWhileItIsOpenedIsMadeAgain) {
  for (const int operation : {4, 5}) {
    SCOPED_TRACE(operation);
    FaultPlan plan;
    FaultyStorage storage(*storage_, plan);
    plan.CallBefore(operation, [&] { std::filesystem::remove_all(lake_.Path("q")); });
    auto writer =
        QuarantineWriter::Open(&storage, lake_.Path("q"), made_.plan(), Durability::kNone);
    ASSERT_OK(writer);
    EXPECT_EQ(plan.log()[3], "Create " + lake_.Path("q/rejects.ndjson"));
    ASSERT_OK(WriteOne(writer->get(), "f", Record("x")));
    ASSERT_OK((*writer)->Commit());
    EXPECT_EQ(lake_.ReadFile("q/rejects.bytes"), "x");
    std::filesystem::remove_all(lake_.Path("q"));
  }
}

TEST_F(QuarantineWriterTest, PositionsAndLengthsAddUp) {
  auto writer = Open();
  std::mt19937 random(3);
  std::string all;
  for (int i = 0; i < 5000; ++i) {
    std::string bytes(random() % 900, 'x');
    for (char& byte : bytes)
      byte = static_cast<char>(random() % (i % 3 ? 96 : 256) + (i % 3 ? 32 : 0));
    all += bytes;
    ASSERT_OK(WriteOne(writer.get(), "f", Record(bytes)));
  }
  EXPECT_EQ(writer->records(), 5000);
  ASSERT_OK(writer->Commit());
  ASSERT_TRUE(lake_.ReadFile("q/rejects.bytes") == all);
  std::istringstream index(lake_.ReadFile("q/rejects.ndjson"));
  int64_t position = 0, entries = 0;
  for (std::string entry; std::getline(index, entry); ++entries) {
    const int64_t length = NumberOf("length", entry);
    ASSERT_EQ(NumberOf("position", entry), position);
    const std::string bytes =
        all.substr(static_cast<size_t>(position), static_cast<size_t>(length));
    std::string raw = ",\"raw_base64\":\"" + Base64(bytes) + "\"";
    if (!FirstInvalidUtf8(bytes)) {
      raw = ",\"raw\":";
      AppendJsonString(bytes, &raw);
    }
    ASSERT_TRUE(entry.ends_with(raw + "}")) << entry;
    position += length;
  }
  EXPECT_EQ(entries, 5000);
  EXPECT_EQ(position, static_cast<int64_t>(all.size()));
}

// Some lie one behind the other in memory, some do not; some bring their text.
TEST_F(QuarantineWriterTest, ManyRecordsAtOnceAreAsOneByOne) {
  const std::string bytes = "first second third fourth";
  const std::string elsewhere = "elsewhere";
  std::vector<ReasonedRecord> records;
  ByteBuffer texts;
  for (const std::string_view text :
       {std::string_view(bytes).substr(0, 5), std::string_view(bytes).substr(5, 8),
        std::string_view(elsewhere), std::string_view(bytes).substr(13), std::string_view(),
        std::string_view(elsewhere)}) {
    ReasonedRecord& record = records.emplace_back(Record(text));
    if (records.size() % 2 == 0) continue;
    record.index_begin = texts.size();
    AppendIndexText(record, made_.plan(), &texts);
    record.index_size = texts.size() - record.index_begin;
  }
  auto writer = Open();
  ASSERT_OK(writer->Write("f", records, texts.view(), nullptr));
  ASSERT_OK(writer->Write("f", {}, "", nullptr));
  ASSERT_OK(writer->Commit());
  const std::string index = lake_.ReadFile("q/rejects.ndjson");
  EXPECT_EQ(lake_.ReadFile("q/rejects.bytes"),
            bytes.substr(0, 13) + elsewhere + bytes.substr(13) + elsewhere);
  writer = Open();
  for (ReasonedRecord& record : records) {
    record.index_size = 0;
    ASSERT_OK(WriteOne(writer.get(), "f", record));
  }
  ASSERT_OK(writer->Commit());
  EXPECT_EQ(lake_.ReadFile("q/rejects.ndjson"), index);
}

TEST_F(QuarantineWriterTest, CutRecordsAreFetchedFromTheirFile) {
  const std::string text = "0123456789" + std::string(3'000'000, 'L') + "\nafter";
  const std::string path = lake_.WriteFile("landing/f", text);
  ASSERT_OK_AND_ASSIGN(const auto file, storage_->OpenRead(path));
  const std::string first_bytes(1024, 'L');
  ReasonedRecord record = Record(first_bytes);
  record.length = 3'000'000;
  auto writer = Open();
  ASSERT_OK(WriteOne(writer.get(), "f", Record("before")));
  ASSERT_OK(WriteOne(writer.get(), "f", record, file.get()));
  ASSERT_OK(WriteOne(writer.get(), "pipe", record));  // its bytes are gone: the first ones stay
  ASSERT_OK(writer->Commit());
  EXPECT_TRUE(lake_.ReadFile("q/rejects.bytes") ==
              "before" + text.substr(10, 3'000'000) + std::string(1024, 'L'));
  const std::string index = lake_.ReadFile("q/rejects.ndjson");
  EXPECT_NE(index.find("\"length\":3000000,\"record\":1,\"position\":6,"), std::string::npos);
  EXPECT_NE(
      index.find("\"length\":1024,\"full_length\":3000000,\"record\":1,\"position\":3000006,"),
      std::string::npos);
  EXPECT_NE(index.find("\"raw_is_cut\":true"), std::string::npos);
}

TEST_F(QuarantineWriterTest, AFileThatBecameShorterIsAConflict) {
  const std::string path = lake_.WriteFile("f", "short");
  ASSERT_OK_AND_ASSIGN(const auto file, storage_->OpenRead(path));
  ReasonedRecord record = Record("sho");
  record.offset = 0;
  record.length = 50;
  EXPECT_TRUE(
      IsError(WriteOne(Open().get(), "f", record, file.get()), ErrorCode::kConflict, "shorter"));
}

TEST_F(QuarantineWriterTest, NothingAppearsWithoutCommit) {
  ASSERT_OK(WriteOne(Open().get(), "f", Record("x")));
  EXPECT_EQ(lake_.List("q"), std::vector<std::string>{});
}

TEST(AppendBase64, VectorsOfRfc4648) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"},
                                                         {"\xff\xfe\xfd", "//79"}};
  for (const auto& [plain, encoded] : vectors) EXPECT_EQ(Base64(plain), encoded);
}

// Bit by bit.
std::string ObviousBase64(const std::string& bytes) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t bit = 0; bit < bytes.size() * 8; bit += 6) {
    size_t number = 0;
    for (size_t i = bit; i < bit + 6; ++i) {
      const auto byte = static_cast<unsigned char>(i / 8 < bytes.size() ? bytes[i / 8] : 0);
      number = number * 2 + (byte >> (7 - i % 8) & 1);
    }
    text += alphabet[number];
  }
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

TEST(AppendBase64, EveryByteInEveryLength) {
  std::mt19937 random(3);
  for (size_t size = 1; size < 60; ++size) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string bytes(size, '\0');
      for (char& each : bytes) each = static_cast<char>(random());
      bytes[random() % size] = static_cast<char>(byte);
      ASSERT_EQ(Base64(bytes), ObviousBase64(bytes)) << size;
    }
  }
}

}  // namespace
}  // namespace lakegate
