#include "connectors/file/cursor.hpp"

#include "base/json.hpp"

namespace tally::file {

std::string text_of(const Cursor& cursor) {
  if (cursor.empty()) return {};
  Json files = Json::array();
  for (const auto& file : cursor) {
    auto json = Json::object({{"in", file.kind == Delivered::Kind::sales ? "sales" : "counts"}, {"name", file.name}, {"hash", file.hash}});
    if (file.unusable) json.set("unusable", true);
    if (file.next > 0) json.set("next", static_cast<std::int64_t>(file.next));
    files.push_back(std::move(json));
  }
  return files.dump();
}

Result<Cursor> cursor_of(const std::string& text) {
  Cursor cursor;
  if (text.empty()) return cursor;
  const auto files = Json::parse(text);
  if (!files || !files->is_array())
    return error(Fault::invalid, "this is no cursor of a drop folder", {}, "start the reading again without one");
  for (const auto& json : files->as_array()) {
    Delivered file;
    file.kind = json.text_or("in") == "counts" ? Delivered::Kind::counts : Delivered::Kind::sales;
    file.name = json.text_or("name");
    file.hash = json.text_or("hash");
    file.unusable = json.bool_or("unusable");
    file.next = static_cast<std::size_t>(std::max<std::int64_t>(json.integer_or("next"), 0));
    if (file.name.empty() || file.name[0] == '.' || file.name.find('/') != std::string::npos) {
      return error(Fault::invalid, "the cursor names the file '" + file.name + "', which cannot be in the folder");
    }
    cursor.push_back(std::move(file));
  }
  return cursor;
}

}  // namespace tally::file
