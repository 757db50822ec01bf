"""Foreign keys over 10,000 random records, against an independent computation in Python."""

import csv
import datetime
import decimal
import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

import pyarrow
import pyarrow.parquet

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: shop
version: 1.0.0
status: active
schema:
  - name: orders
    relationships: [{from: [orders.day, orders.amount], to: [prices.day, prices.amount]}]
    properties:
      - {name: id, logicalType: integer}
      - {name: customer, logicalType: string, relationships: [{to: customers.id}]}
      - {name: day, logicalType: date}
      - {name: amount, logicalType: number, physicalType: "decimal(9,2)"}
      - {name: at, logicalType: timestamp, relationships: [{to: moments.at}]}
      - {name: ratio, logicalType: number, relationships: [{to: ratios.r}]}
      - {name: parent, logicalType: integer, relationships: [{to: orders.id}]}
  - {name: customers, properties: [{name: id, logicalType: string}]}
  - {name: prices, properties: [{name: day, logicalType: date}, {name: amount, logicalType: number}]}
  - {name: moments, properties: [{name: at, logicalType: timestamp}]}
  - {name: ratios, properties: [{name: r, logicalType: number}]}
"""
UTC = datetime.timezone.utc


def maybe(rng, value):
    return None if rng.random() < 0.05 else value


class ForeignKeyTest(unittest.TestCase):
    def setUp(self):
        self.rng = random.Random(7)
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)

    def make_targets(self):
        rng = self.rng
        self.customers = {f"c{rng.randrange(400)}ü" for _ in range(250)} | {"", "null"}
        with open(self.root / "customers.csv", "w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out, quoting=csv.QUOTE_ALL)
            writer.writerow(["id"])
            writer.writerows([c] for c in sorted(self.customers))
        day = datetime.date(2025, 1, 1)
        self.prices = {(day + datetime.timedelta(days=rng.randrange(20)), rng.randrange(30) * 25)
                       for _ in range(300)}
        rows = sorted(self.prices)
        pyarrow.parquet.write_table(pyarrow.table({
            "day": [d for d, _ in rows],
            "amount": pyarrow.array([decimal.Decimal(a).scaleb(-2) for _, a in rows],
                                    pyarrow.decimal128(18, 4)),
        }), self.root / "prices.parquet")
        self.moments = {rng.randrange(200) * 3_600_000_123 for _ in range(120)}
        pyarrow.parquet.write_table(
            pyarrow.table({"at": pyarrow.array(sorted(self.moments), pyarrow.timestamp("us", "UTC"))}),
            self.root / "moments.parquet")
        self.ratios = {rng.randrange(100) / 7 for _ in range(60)}
        pyarrow.parquet.write_table(pyarrow.table({"r": sorted(self.ratios) + [None]}),
                                    self.root / "ratios.parquet")

    def make_orders(self, count):
        rng = self.rng
        self.orders = []
        zones = [UTC, datetime.timezone(datetime.timedelta(hours=5, minutes=30))]
        with open(self.root / "orders.ndjson", "w", encoding="utf-8") as out:
            for number in range(count):
                price = (datetime.date(2025, 1, 1) + datetime.timedelta(days=rng.randrange(20)),
                         rng.randrange(30) * 25)
                order = {"id": number, "customer": maybe(rng, rng.choice(
                    [f"c{rng.randrange(400)}ü", "", "null", " c1ü"])),
                         "day": maybe(rng, price[0]), "amount": maybe(rng, price[1]),
                         "at": maybe(rng, rng.randrange(200) * 3_600_000_123),
                         "ratio": maybe(rng, rng.randrange(100) / 7),
                         "parent": maybe(rng, rng.randrange(count + count // 5))}
                self.orders.append(order)
                written = dict(order)
                if order["day"]:
                    written["day"] = order["day"].isoformat()
                if order["at"] is not None:
                    moment = datetime.datetime.fromtimestamp(0, UTC) + datetime.timedelta(
                        microseconds=order["at"])
                    written["at"] = moment.astimezone(rng.choice(zones)).isoformat()
                text = json.dumps(written)
                if order["amount"] is not None:  # 12.5 and 12.50 are the same key
                    exact = f"{order['amount'] / 100:.2f}"
                    text = text.replace(f'"amount": {order["amount"]}', f'"amount": {exact}')
                out.write(text + "\n")

    def expected(self):
        rejects = {}
        ids = {order["id"] for order in self.orders}
        for line, order in enumerate(self.orders, 1):
            fields = []
            if order["customer"] is not None and order["customer"] not in self.customers:
                fields.append("customer")
            price = (order["day"], order["amount"])
            if None not in price and price not in self.prices:
                fields.append("day,amount")
            if order["at"] is not None and order["at"] not in self.moments:
                fields.append("at")
            if order["ratio"] is not None and order["ratio"] not in self.ratios:
                fields.append("ratio")
            if order["parent"] is not None and order["parent"] not in ids:
                fields.append("parent")
            if fields:
                rejects[line] = sorted(fields)
        return rejects

    def check(self, *flags):
        done = subprocess.run(
            [os.environ["LAKEGATE_PROGRAM"], "check", "orders.ndjson", "--contract", "c.yaml",
             "--schema", "orders", "--quarantine", "q", "--reference", "customers=customers.csv",
             *[word for name in ("prices", "moments", "ratios")
               for word in ("--reference", f"{name}={name}.parquet")], *flags],
            cwd=self.root, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        found = {}
        for line in (self.root / "q/rejects.ndjson").read_text(encoding="utf-8").splitlines():
            reject = json.loads(line)
            self.assertEqual({reason["code"] for reason in reject["reasons"]}, {"foreign-key"})
            found[reject["line"]] = sorted(reason["field"] for reason in reject["reasons"])
        return found

    def test_orphans_are_exactly_those_that_python_finds(self):
        (self.root / "c.yaml").write_text(CONTRACT, encoding="utf-8")
        self.make_targets()
        self.make_orders(10_000)
        expected = self.expected()
        self.assertGreater(len(expected), 1000)
        self.assertLess(len(expected), 9990)
        self.assertEqual(self.check(), expected)
        self.assertEqual(self.check("--threads", "1", "--memory", "1"), expected)


if __name__ == "__main__":
    unittest.main()
