"""The contract of a test's only table, by its properties."""

HEAD = """apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema:
  - name: TABLE
    properties:
"""


def contract(*properties, table="events"):
    """YAML text; each property as a flow mapping: "{name: n, logicalType: integer}"."""
    return HEAD.replace("TABLE", table) + "".join(f"      - {text}\n" for text in properties)
