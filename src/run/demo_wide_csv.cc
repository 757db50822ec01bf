#include "run/demo_wide_csv.h"

namespace lakegate {

void AppendWideRow(std::string_view event, std::string* text) {
  const auto flat = event.substr(0, event.find(",\"props\":"));
  const auto referrer = flat.find("\"referrer\":");
  size_t at = 1;  // behind {
  while (at < flat.size()) {
    const bool is_quoted = at == referrer;
    at = flat.find("\":", at) + 2;
    const bool is_text = flat[at] == '"';
    const size_t end = is_text ? flat.find('"', at + 1) : std::min(flat.find(',', at), flat.size());
    const std::string_view value =
        flat.substr(at + (is_text ? 1 : 0), end - at - (is_text ? 1 : 0));
    if (value != "null") {
      if (is_quoted) *text += '"';
      *text += value;
      if (is_quoted) *text += '"';
    }
    at = end + (is_text ? 2 : 1);
    if (at < flat.size()) *text += ',';
  }
}

void DamageRow(LineDamage damage, size_t start, std::string* text) {
  const size_t inside = text->find("https://", start) + 3;
  switch (damage) {
    case LineDamage::kCut:
      text->resize(inside);
      break;
    case LineDamage::kTwoObjects:
      text->append(text->substr(start));
      break;
    case LineDamage::kTrailingComma:
      *text += ',';
      break;
    case LineDamage::kInvalidUtf8:
      (*text)[inside] = '\xff';
      break;
    case LineDamage::kControlByte:
      (*text)[inside] = '"';
      break;
  }
}

std::string WideCsvContract() {
  std::string contract(WideEventsContract());
  const size_t props = contract.find("      - name: props\n");
  contract.erase(props, contract.find("    quality:\n", props) - props);
  const std::string_view title = "14 keys and nested props";
  return contract.replace(contract.find(title), title.size(), "14 columns");
}

}  // namespace lakegate
