// A slow, obvious reader of CSV: one character after the other, no lookahead tricks. The judge of
// the real one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/input_format.h"

namespace lakegate {

struct SlowRow {
  int64_t offset = 0;
  int64_t length = 0;
  int64_t line = 0;
  std::string damage;              // name of the reason; empty: a row
  std::vector<std::string> cells;  // as DescribeValue shows them
};

class SlowCsv {
 public:
  SlowCsv(std::string_view text, const CsvDialect& dialect, size_t columns)
      : text_(text), dialect_(dialect), columns_(columns) {}

  std::vector<SlowRow> Run() {
    while (at_ < text_.size()) Row();
    return rows_;
  }

 private:
  bool End() const { return at_ == text_.size(); }
  bool AtLineEnd() const {
    return End() || text_[at_] == '\n' ||
           (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
  }
  static std::string_view WithoutReturn(std::string_view line) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
  }
  std::string_view PhysicalLine() const {
    return text_.substr(at_, text_.find('\n', at_) - at_);  // npos - at_: to the end
  }

  bool SkipLine() {
    const std::string_view line = PhysicalLine();
    const bool comment = dialect_.comment && !line.empty() && line[0] == *dialect_.comment;
    const std::string_view shown = WithoutReturn(line);
    const bool blanks = columns_ > 1 && dialect_.delimiter != ' ' &&
                        shown.find_first_not_of(' ') == std::string_view::npos;
    if (!comment && !shown.empty() && !blanks) return false;
    at_ = std::min(text_.size(), at_ + line.size() + 1);
    ++line_;
    return true;
  }

  void Row() {
    if (SkipLine()) return;
    SlowRow row;
    row.offset = static_cast<int64_t>(at_);
    row.line = line_;
    const size_t start = at_;
    if (!Cells(&row.cells)) {
      row.damage = "csv-quote";
      row.cells.clear();
      at_ = start;
      std::string_view line = PhysicalLine();
      at_ += line.size();
      if (!End()) line = WithoutReturn(line);
      row.length = static_cast<int64_t>(line.size());
    } else {
      row.length = static_cast<int64_t>(at_ - start);
      if (row.cells.size() != columns_) {
        row.damage = row.cells.size() < columns_ ? "missing-cell" : "extra-cell";
        row.cells.clear();
      }
      if (!End() && text_[at_] == '\r') ++at_;
    }
    if (!End()) ++at_;  // the \n
    line_ += std::max<int64_t>(std::count(text_.begin() + static_cast<ptrdiff_t>(start),
                                          text_.begin() + static_cast<ptrdiff_t>(at_), '\n'),
                               1);
    rows_.push_back(std::move(row));
  }

  // Up to the line end, which stays. False: a quote is wrong.
  bool Cells(std::vector<std::string>* cells) {
    for (;;) {
      std::string cell;
      if (dialect_.quote && !End() && text_[at_] == *dialect_.quote) {
        if (!Quoted(&cell)) return false;
        cells->push_back("q:" + cell);
      } else {
        while (!AtLineEnd() && text_[at_] != dialect_.delimiter) {
          if (dialect_.quote && text_[at_] == *dialect_.quote) return false;
          cell += text_[at_++];
        }
        cells->push_back(cell.empty() ? "null" : "c:" + cell);
      }
      if (AtLineEnd()) return true;
      ++at_;  // the delimiter
    }
  }

  bool Quoted(std::string* cell) {
    ++at_;
    for (;; ++at_) {
      if (End()) return false;
      const char c = text_[at_];
      if (dialect_.escape && c == *dialect_.escape) {
        if (at_ + 1 < text_.size() && text_[at_ + 1] != '\n') *cell += text_[++at_];
        continue;
      }
      if (c == '\n' && !dialect_.multiline) return false;
      if (c != *dialect_.quote) {
        *cell += c;
        continue;
      }
      const bool doubled = at_ + 1 < text_.size() && text_[at_ + 1] == *dialect_.quote;
      if (!doubled || dialect_.escape) break;
      *cell += text_[++at_];
    }
    ++at_;
    return AtLineEnd() || text_[at_] == dialect_.delimiter;
  }

  const std::string_view text_;
  const CsvDialect dialect_;
  const size_t columns_;
  size_t at_ = 0;
  int64_t line_ = 0;
  std::vector<SlowRow> rows_;
};

inline std::vector<SlowRow> ReadSlowly(std::string_view text, const CsvDialect& dialect,
                                       size_t columns) {
  return SlowCsv(text, dialect, columns).Run();
}

}  // namespace lakegate
