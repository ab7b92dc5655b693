# Texts that are compiled into a room:
#
#   postreeve_texts(response notice_texts notices/en.txt notices/de.txt)
#
# makes notice_texts.cc, which defines what src/response/notice_texts.h declares:
#   std::string_view notice_texts(std::string_view name);    // "en"; empty: no such text
function(postreeve_texts room name)
  set(rows "")
  foreach(file IN LISTS ARGN)
    get_filename_component(key ${file} NAME_WE)
    file(READ ${file} text)
    string(APPEND rows "  if (name == \"${key}\") return R\"text-end(${text})text-end\";\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  endforeach()
  set(made ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc)
  file(CONFIGURE OUTPUT ${made} @ONLY CONTENT "#include \"${room}/${name}.h\"

namespace postreeve {

std::string_view ${name}(std::string_view name) noexcept {
@rows@  return {};
}

}  // namespace postreeve
")
  target_sources(${room} PRIVATE ${made})
endfunction()
