#include "cli/csv_flags.h"

namespace lakegate {
namespace {

Error BadFlag(const std::string& flag, const std::string& text, const std::string& mend) {
  return {ErrorCode::kInvalidConfig, flag + " cannot be '" + text + "'", mend};
}

// One ASCII character, or its name.
Result<char> OneCharacter(const std::string& flag, const std::string& text) {
  if (text == "tab" || text == "\\t") return '\t';
  const bool usable = text.size() == 1 && static_cast<unsigned char>(text[0]) < 0x80 &&
                      text[0] != '\n' && text[0] != '\r';
  if (!usable) return BadFlag(flag, text, "give one ASCII character, or 'tab'");
  return text[0];
}

}  // namespace

void AddCsvFlags(CLI::App* app, CsvFlags* flags) {
  const char* group = "CSV";
  app->add_option("--csv-delimiter", flags->delimiter, "One character or tab (default ,)")
      ->group(group);
  app->add_option("--csv-quote", flags->quote, "One character or none (default \")")->group(group);
  app->add_option("--csv-escape", flags->escape,
                  "Character that escapes a quote (default: quotes are doubled)")
      ->group(group);
  app->add_option("--csv-encoding", flags->encoding, "utf-8, latin-1 or utf-16 (default utf-8)")
      ->group(group);
  app->add_option("--csv-null", flags->null_values,
                  "Unquoted cells that mean null (default: only the empty cell); repeatable")
      ->group(group)
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  app->add_option("--csv-comment", flags->comment, "Skip lines that start with this character")
      ->group(group);
  app->add_option("--csv-skip-lines", flags->skip_lines, "Lines to skip before the header")
      ->group(group)
      ->check(CLI::NonNegativeNumber);
  app->add_option("--csv-order", flags->order,
                  "exact: columns stand as in the contract; any: only the names count")
      ->group(group)
      ->check(CLI::IsMember({"exact", "any"}));
  app->add_flag("--csv-no-header", flags->no_header, "The first row is data")->group(group);
  app->add_flag("--csv-single-line", flags->single_line, "A line end always ends the row")
      ->group(group);
}

Status ApplyCsvFlags(const CsvFlags& flags, ReadOptions* options) {
  CsvDialect& csv = options->format.csv;
  if (!flags.delimiter.empty()) {
    LAKEGATE_ASSIGN(csv.delimiter, OneCharacter("--csv-delimiter", flags.delimiter));
    csv.delimiter_given = true;
  }
  if (flags.quote == "none") {
    csv.quote.reset();
  } else if (!flags.quote.empty()) {
    LAKEGATE_ASSIGN(const char quote, OneCharacter("--csv-quote", flags.quote));
    csv.quote = quote;
  }
  if (!flags.escape.empty()) {
    LAKEGATE_ASSIGN(const char escape, OneCharacter("--csv-escape", flags.escape));
    csv.escape = escape;
  }
  if (!flags.comment.empty()) {
    LAKEGATE_ASSIGN(const char comment, OneCharacter("--csv-comment", flags.comment));
    csv.comment = comment;
  }
  if (csv.quote == csv.delimiter) {
    return BadFlag("--csv-quote", std::string(1, csv.delimiter), "it is the delimiter, too");
  }
  if (csv.escape && csv.escape == csv.delimiter) {
    return BadFlag("--csv-escape", std::string(1, csv.delimiter), "it is the delimiter, too");
  }
  if (csv.escape && csv.escape == csv.quote) csv.escape.reset();  // doubling by another name
  if (flags.encoding == "latin-1" || flags.encoding == "iso-8859-1" || flags.encoding == "latin1") {
    csv.encoding = TextEncoding::kLatin1;
  } else if (flags.encoding == "utf-8" || flags.encoding == "utf8") {
    csv.encoding = TextEncoding::kUtf8;
  } else if (flags.encoding == "utf-16" || flags.encoding == "utf16") {
    csv.encoding = TextEncoding::kUtf16;
  } else if (!flags.encoding.empty()) {
    return BadFlag("--csv-encoding", flags.encoding, "known are utf-8, latin-1 and utf-16");
  }
  if (!flags.null_values.empty()) csv.null_values = flags.null_values;
  if (flags.skip_lines >= 0) csv.skip_lines = flags.skip_lines;
  if (flags.no_header) csv.header = false;
  if (flags.single_line) csv.multiline = false;
  if (flags.order == "any") csv.order = ColumnOrder::kAny;
  if (flags.order == "exact") csv.order = ColumnOrder::kExact;
  return {};
}

}  // namespace lakegate
