// Wide events as CSV: their 14 flat values, about 215 bytes a row.
#pragma once

#include <string>
#include <string_view>

#include "run/demo_events.h"

namespace lakegate {

inline constexpr std::string_view kWideCsvHeader =
    "event_id,user_id,session_id,event_type,event_ts,email,country,device,app,ip,url,referrer,"
    "amount,quantity\n";

// `event`: a JSON line of WriteWideEvents. Referrers are quoted.
void AppendWideRow(std::string_view event, std::string* text);
// Damages the row from `start` to the end of `text`; instead of a control byte, which is text in
// CSV, a quote inside a cell.
void DamageRow(LineDamage damage, size_t start, std::string* text);
// WideEventsContract without props.
std::string WideCsvContract();

}  // namespace lakegate
