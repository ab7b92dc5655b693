#include "app/data_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "app/data_view.h"
#include "app/fitted_table.h"
#include "base/printable.h"

namespace postreeve {
namespace {

namespace json = boost::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const json::value kRows = json::parse(R"([
  {"value":"a, \"b\"","number":2,"none":null,"when":"2026-03-02T08:00:00.123Z","words":["x","y"]},
  {"value":"c","number":10,"when":"soon"}])");

TEST(PrintData, MakesATableOfRows) {
  EXPECT_EQ(print_data(kRows, OutputFormat::kTable),
            "  value   number  none  when              words\n"
            "  a, \"b\"       2        2026-03-02 08:00  x, y\n"
            "  c           10        soon\n");
}

TEST(PrintData, KeepsEverythingInJson) {
  EXPECT_EQ(json::parse(print_data(kRows, OutputFormat::kJson)), kRows);
  const std::string lines = print_data(kRows, OutputFormat::kNdjson);
  EXPECT_EQ(std::ranges::count(lines, '\n'), 2);
  EXPECT_EQ(json::parse(lines.substr(0, lines.find('\n'))), kRows.at(0));
}

TEST(PrintData, QuotesForCsv) {
  EXPECT_EQ(print_data(json::parse(R"([{"a":"x,y","b":"say \"no\"","c":"two\nlines","d":true,"e":null}])"),
                       OutputFormat::kCsv),
            "a,b,c,d,e\r\n\"x,y\",\"say \"\"no\"\"\",\"two\nlines\",yes,\r\n");
}

TEST(PrintData, SaysNoneInATableAndAnEmptyListInJson) {
  const json::value nothing = json::array{};
  EXPECT_EQ(print_data(nothing, OutputFormat::kTable), "  none\n");
  EXPECT_EQ(print_data(nothing, OutputFormat::kJson), "[]\n");
  EXPECT_EQ(print_data(nothing, OutputFormat::kNdjson), "");
  EXPECT_EQ(print_data(nothing, OutputFormat::kCsv), "");
  EXPECT_EQ(print_data(nothing, OutputFormat::kValues), "");
}

TEST(PrintData, ShowsOneThingAsLinesWithItsRowsBelow) {
  EXPECT_EQ(print_data(json::parse(R"({"account":"a@x.example","messages_out":4,"none":null,"risk":2.5,
                                      "timeline":[{"time":"2026-03-02T08:00:00.000Z","kind":"note","text":"t"}]})"),
                       OutputFormat::kTable),
            "  account       a@x.example\n"
            "  messages out  4\n"
            "  risk          2.5\n"
            "\ntimeline\n"
            "  time              kind  text\n"
            "  2026-03-02 08:00  note  t\n");
}

TEST(PrintData, PrintsValuesAloneAsImportReadsThem) {
  EXPECT_EQ(print_data(json::parse(R"([{"value":"192.0.2.0/24","comment":"x"},{"value":"a@x.example"}])"),
                       OutputFormat::kValues),
            "192.0.2.0/24\na@x.example\n");
}

TEST(PrintData, ShowsTheFewColumnsThatMatterOfIncidentsWithin100) {
  const json::value incidents =
      json::parse(R"([{"incident":"0011223344556677","account":"anna@mail.x.example",
    "opened":"2026-03-02T08:00:00.000Z","outcome":"open","standing":"suspended","scope":"unfamiliar_origins",
    "observed_only":false,"messages_out":4,"recipients_out":12,"risk":7.5,
    "why":"first use ever from Vietnam (198.51.100.0/24); until now 2 networks in Germany and 31 messages all told",
    "tenant":"","cause":"","assignee":"","changed":"2026-03-02T08:00:00.000Z"}])");
  EXPECT_EQ(
      print_data(incidents, OutputFormat::kTable, "incident list"),
      "  incident          account              opened            standing   outcome  out\n"
      "  0011223344556677  anna@mail.x.example  2026-03-02 08:00  suspended  open       4\n"
      "      first use ever from Vietnam (198.51.100.0/24); until now 2 networks in Germany and 31 messages\n"
      "      all told\n");
  EXPECT_THAT(print_data(incidents, OutputFormat::kJson, "incident list"), HasSubstr("recipients_out"));
}

TEST(PrintData, LetsNothingThroughThatMovesATerminalsCursor) {
  const json::value hostile = json::parse(R"([{"account":"a\u001b[2J\r\n\u009b","why":"\u0007"}])");
  for (const char* of : {"", "incident list"}) {
    const std::string text = print_data(hostile, OutputFormat::kTable, of);
    EXPECT_EQ(printable(text).size(), text.size());
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  }
  EXPECT_THAT(print_watched(hostile), Not(HasSubstr("\x1b")));
}

TEST(PrintWatched, KeepsItsColumns) {
  const std::string text = print_watched(json::parse(
      R"([{"number":1,"time":"2026-03-02T08:00:00.000Z","event":"recipient","account":"a@x.example",
          "client":"192.0.2.7","about":"b@y.example","action":"defer","standing":"slowed","risk":1,"says":"new"}])"));
  EXPECT_EQ(text,
            "08:00:00  defer   recipient   a@x.example                   192.0.2.7        slowed      new\n");
}

TEST(FittedTable, WrapsTheLastColumnWhereThereIsRoom) {
  std::string sentence;
  for (int i = 0; i < 30; ++i) sentence += "word ";
  const std::string text = fitted_table({{"kind", false}, {"text", false}}, {{"note", sentence}});
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
    EXPECT_LE(text.find('\n', at) - at, kTableWidth);
  EXPECT_THAT(text, HasSubstr("\n        word"));
}

TEST(FittedTable, LeavesAWordThatIsTooLongWhole) {
  const std::string word(300, 'x');
  EXPECT_THAT(fitted_table({{"a", false}, {"b", false}}, {{"1", word}}), HasSubstr(word));
  EXPECT_EQ(fitted_table({}, {}), "");
}

TEST(Wrapped, BreaksAtSpaces) {
  EXPECT_THAT(wrapped("one two  three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrapped("", 7), ElementsAre());
}

}  // namespace
}  // namespace postreeve
