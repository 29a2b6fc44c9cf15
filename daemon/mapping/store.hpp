// Writing into a tree, along a resolved path.
#pragma once

#include "mapping/filter.hpp"
#include "mapping/place.hpp"

namespace tally::mapping {

/// The value in the form that the model has for the path's field: numbers from text, words among the choices, text from numbers; else
/// `unclear`.
Understood fitted(const Path& path, Json value);

/// Stores a fitted value, making the things on the way. Amounts and parts of amounts and measures are only laid down beside the present
/// value (together.hpp). False where the path has no place in this tree.
bool store_at(Json& from, const Path& path, Json value);

/// Takes the value away; makes nothing on the way.
void erase_at(Json& from, const Path& path);

}  // namespace tally::mapping
