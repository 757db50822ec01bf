// The contracts of the sample lake and of the benchmarks, as their users read them.
#include "run/demo_events.h"

namespace lakegate {

std::string_view ShopEventsContract() {
  return R"yaml(# What an event of the shop must look like. Try: lakegate lint
apiVersion: v3.1.0
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
)yaml";
}

std::string_view CustomersContract() {
  return R"yaml(# The customers of the shop, as the sales team exports them.
apiVersion: v3.1.0
kind: DataContract
id: shop.customers
name: Shop customers
version: 1.0.0
status: active
schema:
  - name: customers
    physicalType: table
    logicalType: object
    properties:
      - name: customer_id
        logicalType: integer
        required: true
        unique: true
      - name: name
        logicalType: string
        required: true
        logicalTypeOptions: {minLength: 1, maxLength: 80}
      - name: email
        logicalType: string
        required: true
        logicalTypeOptions: {format: email}
      - name: city
        logicalType: string
      - name: signed_up
        logicalType: date
        required: true
    quality:
      - id: has-customers
        metric: rowCount
        mustBeGreaterThan: 0
)yaml";
}

std::string_view WideEventsContract() {
  return R"yaml(# Events of the benchmark: 14 keys and nested props.
apiVersion: v3.1.0
kind: DataContract
id: bench.events
name: Wide events
version: 1.0.0
status: active
schema:
  - name: events
    physicalType: table
    logicalType: object
    properties:
      - {name: event_id, logicalType: string, required: true, logicalTypeOptions: {format: uuid}}
      - {name: user_id, logicalType: integer, required: true}
      - {name: session_id, logicalType: string}
      - name: event_type
        logicalType: string
        required: true
        customProperties:
          - {property: lakegate.enum, value: [login, view_item, add_to_cart, purchase]}
      - {name: event_ts, logicalType: timestamp, required: true}
      - {name: email, logicalType: string, required: true, logicalTypeOptions: {format: email}}
      - {name: country, logicalType: string}
      - {name: device, logicalType: string}
      - {name: app, logicalType: string}
      - {name: ip, logicalType: string}
      - {name: url, logicalType: string}
      - {name: referrer, logicalType: string}
      - {name: amount, logicalType: number, logicalTypeOptions: {minimum: 0, maximum: 1000}}
      - name: quantity
        logicalType: integer
        required: true
        logicalTypeOptions: {minimum: 1, maximum: 100}
      - name: props
        logicalType: object
        properties:
          - {name: browser, logicalType: string}
          - {name: os, logicalType: string}
          - name: screen
            logicalType: object
            properties:
              - {name: w, logicalType: integer}
              - {name: h, logicalType: integer}
          - {name: lang, logicalType: string}
          - {name: member, logicalType: boolean}
          - {name: test, logicalType: string}
          - {name: tags, logicalType: array, items: {logicalType: string}}
          - {name: score, logicalType: number}
          - {name: scroll, logicalType: integer}
          - {name: load_ms, logicalType: integer}
    quality:
      - id: has-rows
        metric: rowCount
        mustBeGreaterThan: 0
      - id: few-duplicates
        metric: duplicateValues
        arguments: {properties: [event_id]}
        unit: percent
        mustBeLessOrEqualTo: 2
)yaml";
}

}  // namespace lakegate
