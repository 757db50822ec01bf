// The contract of the design's example, for tests of several rooms.
#pragma once

namespace lakegate {

inline constexpr const char* kExampleContract = R"yaml(apiVersion: v3.1.0
kind: DataContract
id: shop.events
name: Shop events
version: 1.0.0
status: active
description:
  purpose: User actions in the shop, one JSON line each.
schema:
  - name: events
    physicalType: table
    logicalType: object
    properties:
      - name: event_id
        logicalType: string
        required: true
        logicalTypeOptions: {format: uuid}
        customProperties:
          - {property: lakegate.action, value: fail}        # a missing id closes the gate
      - name: user_id
        logicalType: string
        quality:
          - id: user-id-nulls
            metric: nullValues
            unit: percent
            mustBeLessOrEqualTo: 3
      - name: event_type
        logicalType: string
        required: true
        customProperties:
          - {property: lakegate.enum, value: [login, view_item, add_to_cart, purchase]}   # 'enum' itself from v3.2.0 on
          - {property: lakegate.action, value: fail}
      - name: event_ts
        logicalType: timestamp
        required: true
      - name: amount
        logicalType: number
        physicalType: decimal(12,2)
        logicalTypeOptions: {minimum: 0}
      - name: ingestion_date
        logicalType: string
        partitioned: true
        partitionKeyPosition: 1
    quality:
      - id: has-rows
        metric: rowCount
        mustBeGreaterThan: 0
      - id: few-duplicates
        metric: duplicateValues
        arguments: {properties: [event_id]}
        unit: percent
        mustBeLessOrEqualTo: 2
slaProperties:
  - {property: latency, value: 1, unit: d, element: events.event_ts}
)yaml";

}  // namespace lakegate
