# One static library and one test program per room of the corridor.

# lakegate_room(<name> [ROOMS <rooms to the left>] [LIBS <third-party targets>]
#               [WITHOUT <files that are built otherwise>] [TEST_LIBS <what only its tests link>])
function(lakegate_room name)
  cmake_parse_arguments(ROOM "" "" "ROOMS;LIBS;WITHOUT;TEST_LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/${name}/*.cc")
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  foreach(file IN LISTS ROOM_WITHOUT)
    list(REMOVE_ITEM sources "${PROJECT_SOURCE_DIR}/src/${name}/${file}")
  endforeach()
  if(sources)
    add_library(${name} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${name} ${scope} "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(${name} ${scope} ${ROOM_ROOMS} ${ROOM_LIBS})
  if(tests)
    lakegate_test(${name}_test "${tests}" ${name} ${ROOM_TEST_LIBS})
  endif()
endfunction()

# lakegate_program(<name> ROOM <room> ROOMS <rooms>): the program from src/<room>.
function(lakegate_program name)
  cmake_parse_arguments(PROGRAM "" "ROOM" "ROOMS;LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/${PROGRAM_ROOM}/*.cc")
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  if(sources)
    add_executable(${name} ${sources})
    target_link_libraries(${name} PRIVATE ${PROGRAM_ROOMS} ${PROGRAM_LIBS})
  endif()
endfunction()

# A GoogleTest program that ctest runs as one test.
function(lakegate_test name sources)
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE ${ARGN} GTest::gtest GTest::gtest_main)
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/src")
  add_test(NAME ${name} COMMAND ${name})
endfunction()

# Presets with CMAKE_UNITY_BUILD (the sanitizers) compile several files as one, which takes half the
# time. Files whose local names another file of the room has, too, are compiled alone.
function(lakegate_compile_alone)
  foreach(file IN LISTS ARGN)
    set_source_files_properties("${PROJECT_SOURCE_DIR}/src/${file}" PROPERTIES
                                SKIP_UNITY_BUILD_INCLUSION ON)
  endforeach()
endfunction()
