// Webhooks: what is authentic, what is stored, what a stored document says. No I/O.
#pragma once

#include "connectors/rest/program.hpp"

namespace tally::rest {

/// At the door. Error unauthorized: not authentic.
Result<channel::Door> open_door(const Program& program, const Vault& vault, const channel::Webhook& webhook);

/// From the inbox, or of a page.
Result<std::vector<channel::Event>> understand(const Program& program, const Vault& vault, const mapping::Mapping& mapping,
                                               const channel::Document& document, const Json& known);

/// The plain text of an encrypted body, or nothing where it is not encrypted.
Result<std::optional<std::string>> decrypted(const Door& door, const Vault& vault, const Json& body);

}  // namespace tally::rest
