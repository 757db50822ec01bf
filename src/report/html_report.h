// The report as one page for a browser: nothing to fetch, no scripts, the JSON report inside.
#pragma once

#include <string>

namespace lakegate {

// `report_json` is what RenderJson made. Everything that comes from data or contracts is escaped;
// values that the contract masks are masked in the JSON report already.
std::string RenderHtml(const std::string& report_json);

}  // namespace lakegate
