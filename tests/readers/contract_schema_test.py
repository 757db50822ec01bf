"""lakegate lint against jsonschema with the published schemas, on randomly changed contracts."""

import collections
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import contract_variants  # noqa: E402

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "src/contract/schemas"
VERSIONS = ("v3.0.2", "v3.1.0", "v3.2.0")
SEED = int(os.environ.get("LAKEGATE_TEST_SEED", "20251121"))
VARIANTS = int(os.environ.get("LAKEGATE_TEST_VARIANTS", "1000"))
BATCH = 100

# Errors of ours on files that the schema accepts, each with its decision. Ids that also stand for
# violations of the schema (unknown-key, wrong-kind ...) must never be listed here.
INTENDED = {
    "api-version": "S18: v2.x has another structure",
    "array-without-items": "S18",
    "bad-bound": "S18: a bound that is no value of the column's type",
    "bad-date-pattern": "S18",
    "bad-pattern": "S10, S18: RE2 does not know it",
    "between-operands": "S11, S18: reversed bounds",
    "decimal-range": "S18: a bound that the decimal cannot hold",
    "decimal-without-precision": "S18",
    "dangling-relationship": "S18",
    "duplicate-object": "S18",
    "duplicate-property": "S18",
    "duplicate-rule-id": "S18",
    "empty-list": "S18: mustBe lists nothing",
    "empty-name": "S18",
    "empty-range": "S18: minimum above maximum",
    "enum-value": "S18: a value that the column cannot hold",
    "key-position": "S18",
    "metric-level": "S18: the metric belongs to the other level",
    "missing-argument": "S14, S15, S18",
    "multiple-of": "S18: 0 by rounding",
    "operand-not-number": "S18",
    "options-without-type": "S18: options on boolean",
    "position-without-key": "S18",
    "query-no-select": "an sql item is one SELECT",
    "repeated-enum": "S18: the same value with another label",
    "relationship-lengths": "S18",
    "time-zone": "S18: no such time zone",
    "unit-of-count": "S13, S18",
    "unit-of-sql": "S13, S18",
    "unknown-argument": "S18",
    "unknown-placeholder": "S18: nothing would be put in for it",
    "unknown-format": "S18: v3.0 leaves it open",
    "unknown-property": "S15, S18: a key column that is not there",
    "unknown-severity": "S18",
    "unknown-unit": "S18",
    "wrong-argument": "S14, S15, S18: the schema leaves arguments open",
    "time-zone": "S18: a zone that the IANA database does not have",
    "map-key-type": "S18: the key of a JSON object is a text",
    "filter": "S18: a filter that cannot be read",
}


def load_schemas():
    schemas = {version: json.loads((SCHEMAS / f"odcs-{version}.json").read_text("utf-8"))
               for version in VERSIONS}
    # The defect of v3.2.0 as published: the standard added this `required`.
    for branch in schemas["v3.2.0"]["$defs"]["SchemaBaseProperty"]["allOf"]:
        condition = branch.get("if", {})
        kind = condition.get("properties", {}).get("logicalType", {}).get("const")
        if kind in ("map", "vector"):
            condition["required"] = ["logicalType"]
    return schemas


def schema_version(made):
    version = made.get("apiVersion")
    if version in ("v3.0.0", "v3.0.1", "v3.0.2"):
        return "v3.0.2"
    return version if version in VERSIONS else "v3.2.0"


class ContractSchemaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.schemas = load_schemas()
        cls.judges = {version: jsonschema.Draft201909Validator(schema)
                      for version, schema in cls.schemas.items()}
        cls.bases = [contract_variants.contract(version) for version in VERSIONS]
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)

    def lint(self, contracts):
        """The ids of the errors of each."""
        ids = []
        for first in range(0, len(contracts), BATCH):
            names = []
            for number, made in enumerate(contracts[first:first + BATCH], start=first):
                names.append(f"{number}.json" if number % 2 else f"{number}.odcs.yaml")
                text = (json.dumps(made) if number % 2 else contract_variants.as_yaml(made))
                (self.folder / names[-1]).write_text(text + "\n", "utf-8")
            done = subprocess.run([os.environ["LAKEGATE_PROGRAM"], "lint", "--json", *names],
                                  cwd=self.folder, capture_output=True, text=True, check=False)
            self.assertIn(done.returncode, (0, 3), done.stderr)
            for file in json.loads(done.stdout):
                ids.append([(problem["id"], problem["line"], problem["message"])
                            for problem in file["problems"] if problem["severity"] == "error"])
        self.assertEqual(len(ids), len(contracts))
        return ids

    def test_the_contracts_to_start_from_are_valid(self):
        for version, base, errors in zip(VERSIONS, self.bases, self.lint(self.bases)):
            self.judges[version].validate(base)
            self.assertEqual(errors, [], version)

    def test_agreement_on_changed_contracts(self):
        mutator = contract_variants.Mutator(
            random.Random(SEED), contract_variants.Words(self.schemas.values()), self.bases)
        contracts = [mutator.variant(self.bases[number % 3]) for number in range(VARIANTS)]
        count = collections.Counter()
        different = []
        for number, (made, errors) in enumerate(zip(contracts, self.lint(contracts))):
            violation = next(self.judges[schema_version(made)].iter_errors(made), None)
            if violation is not None:
                count["refused by both" if errors else "refused by the schema only"] += 1
                if not errors:
                    different.append(f"{number}: accepted, but {violation.message[:200]} at "
                                     f"{violation.json_path}")
                continue
            unintended = [error for error in errors if error[0] not in INTENDED]
            count["accepted by both" if not errors else "accepted by the schema only"] += 1
            count.update({f"  {name}" for name, _, _ in errors})
            if unintended:
                different.append(f"{number}: refused, but valid: {unintended}")
        print("\n".join(f"{name}: {times}" for name, times in count.items()))
        self.assertEqual(len(different), 0, "\n".join(["", *different]))
        for outcome in ("refused by both", "accepted by both"):
            self.assertGreater(count[outcome], VARIANTS // 10, outcome)


if __name__ == "__main__":
    unittest.main()
