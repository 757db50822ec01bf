# Compiles the published schemas of the data contract standard into a room, as texts.

# lakegate_embed_odcs_schemas(<room> <version of the schema>=<name of the constant> ...)
function(lakegate_embed_odcs_schemas room)
  set(definitions "")
  foreach(pair ${ARGN})
    string(REGEX REPLACE "=.*" "" version "${pair}")
    string(REGEX REPLACE ".*=" "" name "${pair}")
    set(file "${PROJECT_SOURCE_DIR}/src/contract/schemas/odcs-v${version}.json")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    file(READ "${file}" text)
    # A contract is checked at every start: without indentation, descriptions and titles a third is
    # left to read. A newline stands in no JSON text, and properties of these names are no texts.
    set(prose "\n *\"(description|title)\": \"[^\n]*\"")
    string(REGEX REPLACE "${prose}," "" text "${text}")
    string(REGEX REPLACE ",${prose}\n" "\n" text "${text}")
    string(REGEX REPLACE "\n *" "" text "${text}")
    string(APPEND definitions
      "const std::string_view ${name} = R\"__ODCS__(${text})__ODCS__\";\n")
  endforeach()
  set(source "${CMAKE_CURRENT_BINARY_DIR}/generated/odcs_schema_texts.cc")
  file(CONFIGURE OUTPUT "${source}" @ONLY CONTENT
    "#include \"contract/odcs_schema.h\"\n\nnamespace lakegate {\n@definitions@}  // namespace lakegate\n")
  target_sources(${room} PRIVATE "${source}")
endfunction()
