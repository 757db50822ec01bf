"""Local times of many zones, against Python's zoneinfo on the same database."""

import datetime
import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest
import zoneinfo

import pyarrow.parquet

ZONES = ["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
         "Europe/Dublin", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Asia/Tehran",
         "Antarctica/Troll", "America/Sao_Paulo", "Europe/London", "Africa/Monrovia",
         "Pacific/Kiritimati", "America/Nuuk", "Asia/Gaza", "Etc/GMT+12", "Pacific/Chatham"]
UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1)


def instant_of(local, zone):
    """UTC, or None if the zone's clocks leave the local time out; of two the first."""
    utc = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if utc.astimezone(zone).replace(tzinfo=None) != local:
        return None
    return utc


def changes_of(zone, rng):
    """Local times around the days on which the zone's offset changes."""
    times = []
    for _ in range(40):
        day = datetime.datetime(rng.randint(1900, 2400), 1, 1, tzinfo=UTC)
        for _ in range(370):
            after = day + datetime.timedelta(days=1)
            if day.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
                local = day.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
                times += [local + datetime.timedelta(minutes=rng.randint(-180, 1620))
                          for _ in range(40)]
            day = after
    return times


def random_times(rng):
    times = [EPOCH + datetime.timedelta(seconds=rng.randint(-4 * 10**9, 10**10),
                                        microseconds=rng.randint(0, 999999)) for _ in range(500)]
    return times + [datetime.datetime(rng.randint(2000, 9998), rng.randint(1, 12),
                                      rng.randint(1, 28), rng.randint(0, 23)) for _ in range(200)]


class TimeZoneTest(unittest.TestCase):
    def test_every_local_time_is_the_instant_that_zoneinfo_says(self):
        rng = random.Random(20)
        fields = [f"z{i}" for i in range(len(ZONES))]
        expected, lines = [], []
        skipped = set()
        for field, name in zip(fields, ZONES):
            zone = zoneinfo.ZoneInfo(name)
            for local in random_times(rng) + changes_of(zone, rng):
                instant = instant_of(local, zone)
                lines.append(json.dumps({field: local.isoformat()}))
                if instant is None:
                    skipped.add(len(lines))
                else:
                    expected.append({**dict.fromkeys(fields), field: instant})
        self.assertGreater(len(skipped), 200)
        properties = "".join(
            f"      - {{name: {field}, logicalType: timestamp, "
            f"logicalTypeOptions: {{defaultTimezone: {zone}}}}}\n"
            for field, zone in zip(fields, ZONES))
        with tempfile.TemporaryDirectory() as folder:
            lake = pathlib.Path(folder)
            (lake / "c.odcs.yaml").write_text(
                "apiVersion: v3.1.0\nkind: DataContract\nid: z\nversion: 1.0.0\nstatus: active\n"
                f"schema:\n  - name: z\n    logicalType: object\n    properties:\n{properties}")
            (lake / "lakegate.yaml").write_text(
                "version: 1\nname: z\ndatasets:\n  z:\n    contract: c.odcs.yaml\n"
                '    landing: {path: "z/*.ndjson", format: ndjson, keep: in_place}\n'
                "    publish: {mode: replace_partition}\n")
            (lake / "land/z").mkdir(parents=True)
            (lake / "land/z/a.ndjson").write_text("\n".join(lines) + "\n")
            subprocess.run([os.environ["LAKEGATE_PROGRAM"], "run", "-C", lake],
                           check=False, capture_output=True)
            rejects = next((lake / "quarantine").rglob("rejects.ndjson")).read_text().splitlines()
            self.assertEqual({json.loads(line)["line"] for line in rejects}, skipped)
            tables = sorted((lake / "tables/z").rglob("*.parquet"))
            rows = [row for table in tables
                    for row in pyarrow.parquet.ParquetFile(table).read().to_pylist()]
        self.assertEqual(len(rows), len(expected))
        for row, wanted in zip(rows, expected):
            self.assertEqual(row, wanted)


if __name__ == "__main__":
    unittest.main()
