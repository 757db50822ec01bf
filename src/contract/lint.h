// What the schemas of the standard accept though it is wrong (decision S18). Each group of rules
// is a file of its own: lint_<group>.cc. The ids of the rules are stable.
#pragma once

#include "contract/contract.h"
#include "contract/diagnostics.h"

namespace lakegate {

// All groups over the whole contract.
void LintContract(const Contract& contract, Diagnostics& diagnostics);

// Names and key positions of one object's or property's members.
void LintNames(const std::vector<Property>& properties, const std::string& owner,
               Diagnostics& diagnostics);
void LintKeyPositions(const std::vector<Property>& properties, Diagnostics& diagnostics);
// What names a column elsewhere: relationships and the elements of SLA properties.
void LintReferences(const Contract& contract, Diagnostics& diagnostics);
// One property: its type and options; its members are linted by LintContract.
void LintOptions(const Property& property, Diagnostics& diagnostics);
// Each in the other's place.
std::vector<TextEdit> SwapEdits(const Written<std::string>& a, const Written<std::string>& b);
// A regular expression (RE2 syntax, searched; S10).
void LintPattern(const Written<std::string>& pattern, Diagnostics& diagnostics);

enum class QualityLevel : uint8_t { kObject, kProperty };
// One quality item; `siblings` are the object's properties (kObject).
void LintQuality(const QualityItem& item, QualityLevel level, ApiVersion version,
                 const std::vector<Property>& siblings, Diagnostics& diagnostics);

}  // namespace lakegate
