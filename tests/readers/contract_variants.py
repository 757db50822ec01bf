"""Valid contracts of each version and random changes to them, for contract_schema_test.py."""

import copy
import json

MEMBER = {"username": "ada", "role": "owner", "dateIn": "2024-01-01"}
OPTIONS = {
    "string": {"minLength": 1, "maxLength": 9, "pattern": "^[a-z]+$", "format": "email"},
    "date": {"format": "yyyy-MM-dd", "minimum": "2020-01-01", "maximum": "2030-01-01"},
    "integer": {"minimum": 0, "maximum": 100, "multipleOf": 2, "format": "i32"},
    "number": {"minimum": 0.5, "maximum": 9, "format": "f64"},
    "object": {"minProperties": 1, "maxProperties": 3, "required": ["street"]},
    "array": {"minItems": 1, "maxItems": 3, "uniqueItems": True},
    "boolean": None,
}


def column(kind, **more):
    made = {"name": f"{kind}_column", "logicalType": kind, **more}
    if OPTIONS.get(kind):
        made["logicalTypeOptions"] = dict(OPTIONS[kind])
    return made


def contract(version):
    """A valid contract that uses nearly everything that its version knows."""
    quality = ({"rule": "duplicateCount", "mustBeLessThan": 10, "unit": "rows"}
               if version == "v3.0.2" else
               {"metric": "invalidValues", "arguments": {"validValues": ["a", "b"]},
                "mustBeLessThan": 10, "unit": "rows"})
    columns = [
        column("string", required=True, unique=True, classification="public", quality=[
            {"type": "library", "name": "few", "dimension": "uniqueness", "severity": "warning",
             "method": "reconciliation", **quality},
            {"type": "text", "description": "nice"}]),
        column("date", partitioned=True, partitionKeyPosition=1, examples=["2024-01-01", 1]),
        column("integer", primaryKey=True, primaryKeyPosition=1, physicalType="int"),
        column("number", businessName="n", transformSourceObjects=["a"], transformLogic="x",
               criticalDataElement=False, encryptedName="e", tags=["t"]),
        column("object", properties=[{"name": "street", "logicalType": "string"},
                                     {"name": "geo", "logicalType": "object", "properties": [
                                         {"name": "lat", "logicalType": "number"}]}]),
        column("array", items={"logicalType": "object", "properties": [
            {"name": "code", "logicalType": "string"}]}),
        column("boolean", description="b", physicalName="flag"),
        {"name": "untyped", "physicalType": "varchar(9)"},
    ]
    made = {
        "apiVersion": version, "kind": "DataContract", "id": "shop", "version": "1.0.0",
        "status": "active", "name": "Shop", "tenant": "t", "domain": "d", "dataProduct": "p",
        "tags": ["a", "b"], "contractCreatedTs": "2024-01-01T00:00:00Z",
        "description": {"purpose": "p", "usage": "u", "limitations": "l"},
        "schema": [
            {"name": "orders", "logicalType": "object", "physicalType": "table",
             "physicalName": "orders_1", "dataGranularityDescription": "one per order",
             "businessName": "Orders", "tags": ["x"], "properties": columns,
             "quality": [{"type": "sql", "query": "select 1", "mustBe": 1},
                         {"type": "custom", "engine": "soda", "implementation": "checks"}],
             "authoritativeDefinitions": [{"url": "http://x", "type": "wiki"}]},
            {"name": "customers", "properties": [{"name": "id", "logicalType": "integer"}]}],
        "servers": [
            {"server": "a", "type": "local", "path": "x/*.json", "format": "json"},
            {"server": "b", "type": "s3", "location": "s3://b/x", "format": "parquet",
             "description": "d", "environment": "prod", "roles": [{"role": "reader"}]},
            {"server": "c", "type": "postgres", "host": "h", "port": 5432, "database": "d",
             "schema": "s"},
            {"server": "d", "type": "kafka", "host": "h", "format": "avro"},
            {"server": "e", "type": "snowflake", "account": "a", "database": "d", "schema": "s"},
            {"server": "f", "type": "custom", "location": "somewhere"}],
        "team": [MEMBER],
        "roles": [{"role": "reader", "access": "read", "firstLevelApprovers": "f"}],
        "support": [{"channel": "help", "url": "http://x", "tool": "slack"}],
        "price": {"priceAmount": 1.5, "priceCurrency": "EUR", "priceUnit": "GB"},
        "slaDefaultElement": "orders.date_column",
        "slaProperties": [{"property": "latency", "value": 4, "unit": "d",
                           "element": "orders.date_column", "driver": "operational"},
                          {"property": "retention", "value": "3", "valueExt": 5}],
        "customProperties": [{"property": "team.x", "value": {"any": ["thing", None]}}],
        "authoritativeDefinitions": [{"url": "http://y", "type": "canonical"}],
    }
    if version != "v3.0.2":
        add_newer(made, version)
    return made


def add_newer(made, version):
    orders = made["schema"][0]
    orders["properties"] += [
        {"name": "timestamp_column", "logicalType": "timestamp", "logicalTypeOptions": {
            "timezone": True, "defaultTimezone": "Etc/UTC"}},
        {"name": "time_column", "logicalType": "time", "id": "time-id"},
        {"name": "customer", "logicalType": "integer",
         "relationships": [{"type": "foreignKey", "to": "customers.id"}]}]
    orders["relationships"] = [{"from": ["orders.customer"], "to": ["customers.id"]}]
    orders["id"] = "orders-id"
    orders["quality"].append({"metric": "rowCount", "mustBeBetween": [1, 10], "id": "rows"})
    made["team"] = {"name": "crew", "description": "d", "members": [MEMBER], "tags": ["x"]}
    made["slaProperties"][0]["scheduler"] = "cron"
    if version == "v3.2.0":
        orders["synonyms"] = [{"synonym": "sales", "locale": "en"}]
        orders["deprecated"] = False
        made["context"] = {"instructions": "i", "constraints": [{"constraint": "c"}]}
        orders["properties"] += [
            {"name": "kind", "logicalType": "string", "semanticType": "dimension",
             "enum": [{"value": "a", "label": "A"}, {"value": "b"}]},
            {"name": "embedding", "logicalType": "vector", "logicalTypeOptions": {
                "dimensions": 3, "elementType": "float32"}},
            {"name": "labels", "logicalType": "map", "map": {
                "key": {"logicalType": "string"}, "value": {"logicalType": "integer"}}}]


VALUES = [None, True, False, 0, 1, -1, 3.0, 1.5, 10**20, "", "x", "a b", "orders.customer",
          "customers.id", "no.such", "v3.1.0", "\U0001f600", "2024-01-01", [], ["a"], ["a", "a"],
          [1, 2], [2, 1], [1, 1], [1, 1.0], [None], {}, {"x": 1}, [{}], [[1]],
          {"property": "x", "value": 1}, [{"property": "x", "value": 1}], [{"property": "x"}],
          {"name": "a"}, [{"name": "a"}], [{"name": "a", "id": "b c"}]]


class Words:
    """What the schemas know: names of members and members of enums."""

    def __init__(self, schemas):
        self.keys, self.values = set(), set()
        for schema in schemas:
            self._collect(schema)
        self.keys, self.values = sorted(self.keys), sorted(self.values)

    def _collect(self, node):
        if isinstance(node, dict):
            if isinstance(node.get("properties"), dict):
                self.keys.update(node["properties"])
            self.values.update(word for word in node.get("enum", []) if isinstance(word, str))
            for member in node.values():
                self._collect(member)
        elif isinstance(node, list):
            for member in node:
                self._collect(member)


def containers(node):
    if isinstance(node, (dict, list)):
        yield node
        for member in node.values() if isinstance(node, dict) else node:
            yield from containers(member)


class Mutator:
    def __init__(self, random, words, donors):
        self.random, self.words = random, words
        self.donors = [node for donor in donors for node in containers(donor)
                       if isinstance(node, dict)]
        self.changes = [self.delete, self.misspell, self.replace, self.replace, self.reword,
                        self.add, self.add, self.graft, self.graft, self.repeat, self.wrap,
                        self.version]

    def variant(self, base):
        made = copy.deepcopy(base)
        for _ in range(self.random.choice([1, 1, 1, 2, 3])):
            nodes = [node for node in containers(made) if node]
            if nodes:
                self.random.choice(self.changes)(made, self.random.choice(nodes))
        return made

    def place(self, node):
        return self.random.choice(list(node) if isinstance(node, dict) else range(len(node)))

    def value(self):
        return copy.deepcopy(self.random.choice(VALUES))

    def delete(self, _, node):
        del node[self.place(node)]

    def misspell(self, _, node):
        if isinstance(node, dict):
            key = self.place(node)
            node[key[:-1] if self.random.random() < 0.5 else key + "s"] = node.pop(key)

    def replace(self, _, node):
        node[self.place(node)] = self.value()

    def reword(self, _, node):
        texts = [at for at in (node if isinstance(node, dict) else range(len(node)))
                 if isinstance(node[at], str)]
        if texts:
            node[self.random.choice(texts)] = self.random.choice(self.words.values)

    def add(self, _, node):
        if isinstance(node, list):
            node.insert(self.random.randint(0, len(node)), self.value())
        else:
            known = self.random.random() < 0.8
            key = self.random.choice(self.words.keys) if known else "x-unknown"
            word = self.random.choice(self.words.values)
            node[key] = word if self.random.random() < 0.4 else self.value()

    def graft(self, _, node):
        """A member that is valid somewhere else, perhaps in another version."""
        donor = self.random.choice([d for d in self.donors if d])
        key = self.random.choice(list(donor))
        if isinstance(node, dict):
            node[key] = copy.deepcopy(donor[key])
        else:
            node.append(copy.deepcopy(donor))

    def repeat(self, _, node):
        if isinstance(node, list):
            node.append(copy.deepcopy(self.random.choice(node)))

    def wrap(self, _, node):
        at = self.place(node)
        if isinstance(node[at], list) and len(node[at]) == 1:
            node[at] = node[at][0]
        else:
            node[at] = [node[at]]

    def version(self, made, _):
        made["apiVersion"] = self.random.choice(
            ["v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0", "v3.2.0", "v2.2.2", "3.1.0"])


def as_yaml(node, indent=0):
    """Block style, texts in double quotes."""
    pad = "  " * indent
    if isinstance(node, dict) and node:
        return "".join(f"\n{pad}{json.dumps(key, ensure_ascii=False)}:{as_yaml(value, indent + 1)}"
                       for key, value in node.items())
    if isinstance(node, list) and node:
        return "".join(f"\n{pad}-{as_yaml(value, indent + 1)}" for value in node)
    return " " + json.dumps(node, ensure_ascii=False)
