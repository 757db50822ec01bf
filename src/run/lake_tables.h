// The tables of a lake as rules of other datasets see them.
#pragma once

#include <string>
#include <vector>

#include "query/other_table.h"
#include "run/lake.h"

namespace lakegate {

// Whose rule it is: its own partition is not the past, but what is being made.
struct LookingPartition {
  const DatasetSetup* setup = nullptr;
  std::string key;
};

// The dataset whose contract and schema object these are; null if the lake has none.
const DatasetSetup* FindDataset(const Lake& lake, const OtherTableName& name);

// What is published of that dataset now. Missing: there is no such dataset, nothing of it is
// published, or it has the same partition columns and not this partition. Of the dataset itself
// all partitions but the looking one. Borrows all; `ledger` belongs to the calling thread.
FindOtherTable LakeTables(const Lake& lake, const LookingPartition& looking, Ledger* ledger);

// The other datasets of the lake that rules of this one look into, each once.
std::vector<const DatasetSetup*> DependenciesOf(const Lake& lake, const DatasetSetup& setup);

// Changes whenever one of those tables is published anew; empty if there are none.
Result<std::string> StateOfDependencies(const Lake& lake, const DatasetSetup& setup,
                                        Ledger* ledger);

}  // namespace lakegate
