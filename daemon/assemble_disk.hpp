// What the files say of this machine's disk, tried before anything runs.
#pragma once

#include "base/complaint.hpp"
#include "settings/settings.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace tally {

/// "sqlite:tally.db" as a path; relative to the configuration's folder.
std::filesystem::path store_file(const settings::Settings& settings);

/// Complains where the store cannot be opened or made: its folder, what this user may do there, a file that is no store. Never while this
/// process has the store open: closing the file once more would end SQLite's locks on it.
void check_store(const settings::Settings& settings, Complaints& complaints);

/// Complains where this user cannot read and write in the folder of a channel that speaks through files, or in those of `below` that are
/// there already; what is not there below it is made when it is needed.
void check_folders(const settings::Channel& channel, const std::vector<std::string>& below, Complaints& complaints);

}  // namespace tally
