// Which encoding a merchant's file is in, and its text as UTF-8.
#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tally {

enum class Charset { utf8, gb18030, latin1 };  ///< Latin-1 as Windows writes it, with € and quotation marks (1252)

/// utf8, gb18030 or latin1.
std::optional<Charset> charset_named(std::string_view name);

/// UTF-8, or GB18030 where it is clear: nearly all characters beyond ASCII lie in the plane of GB2312, most of them where its common ones
/// do. In Western text a letter with an accent stands before an ASCII letter, and the pair would be a rare Chinese character. Nothing
/// where it is neither.
std::optional<Charset> charset_of(std::string_view bytes);

/// Without a byte order mark. `invalid` at the first byte that cannot be in that encoding.
Result<std::string> utf8_of(std::string_view bytes, Charset charset);

}  // namespace tally
