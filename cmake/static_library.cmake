# A library of the distribution that becomes part of the programs.

# lakegate_static_library(<name> <pkg-config module>): the target static_<name>, from lib<name>.a, or
# from the shared library where a distribution has only that.
function(lakegate_static_library name module)
  pkg_check_modules(${name} REQUIRED ${module})
  find_library(${name}_FILE NAMES lib${name}.a ${name} HINTS ${${name}_LIBRARY_DIRS} REQUIRED)
  add_library(static_${name} INTERFACE)
  target_include_directories(static_${name} SYSTEM INTERFACE ${${name}_INCLUDE_DIRS})
  target_link_libraries(static_${name} INTERFACE "${${name}_FILE}" Threads::Threads)
endfunction()
