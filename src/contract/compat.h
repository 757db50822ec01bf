// Other tools' definitions of what counts, for the library metrics (`--compat`). All are made of
// the same numbers, counted in the same pass (docs/decisions/0013-compat.md has the table).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lakegate {

struct MetricRule;

enum class Compat : uint8_t { kNone, kSodaV3, kSodaV4, kDeequ, kGx, kDatacontractCli };

const char* Name(Compat compat);  // "soda-v3", ...; of kNone "lakegate"
std::optional<Compat> CompatFromName(std::string_view name);
std::vector<std::string> CompatNames();  // without kNone

// Replaces what counts as null, missing and duplicate, the percent base and the rounding; writes
// MetricRule::definition.
void ApplyCompat(Compat compat, MetricRule* metric);

}  // namespace lakegate
