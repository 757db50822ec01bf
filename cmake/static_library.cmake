# A library of the distribution that becomes part of the programs.

# lakegate_static_library(<name> <pkg-config module>): the target static_<name>, from the lib<name>.a
# beside the shared library of that module, with what the module needs besides; or the shared library
# where there is only that.
function(lakegate_static_library name module)
  pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${module})
  set(shared ${${name}_LINK_LIBRARIES})
  list(FILTER shared INCLUDE REGEX "/lib${name}\\.[^/]*$")
  list(GET shared 0 shared)
  cmake_path(GET shared PARENT_PATH folder)
  add_library(static_${name} INTERFACE)
  if(EXISTS "${folder}/lib${name}.a")
    set(others ${${name}_STATIC_LDFLAGS})
    list(REMOVE_ITEM others -l${name})  # mold prefers a shared library to any archive
    target_include_directories(static_${name} SYSTEM INTERFACE ${${name}_INCLUDE_DIRS})
    target_link_libraries(static_${name} INTERFACE "${folder}/lib${name}.a" ${others}
                          Threads::Threads)
  else()
    target_link_libraries(static_${name} INTERFACE PkgConfig::${name})
  endif()
endfunction()
