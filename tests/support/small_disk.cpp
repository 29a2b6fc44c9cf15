#include "support/small_disk.hpp"

#include <cerrno>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

namespace tally::tests {

SmallDisk::SmallDisk(std::filesystem::path folder, std::size_t megabytes) : folder_(std::move(folder)) {
  std::filesystem::create_directories(folder_);
  mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, ("mode=0700,size=" + std::to_string(megabytes) + "m").c_str()) == 0;
}

SmallDisk::~SmallDisk() {
  if (mounted_ && ::umount2(folder_.c_str(), MNT_DETACH) != 0)
    std::cerr << folder_.string() << " stays mounted: " << std::strerror(errno) << "\n";
}

void SmallDisk::fill() {
  const int file = ::open(ballast().c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) throw std::runtime_error("cannot write " + ballast().string() + ": " + std::strerror(errno));
  const std::vector<char> block(4096);
  while (::write(file, block.data(), block.size()) > 0) continue;
  const bool full = errno == ENOSPC;
  ::close(file);
  if (!full) throw std::runtime_error("the small disk did not become full: " + std::string(std::strerror(errno)));
}

void SmallDisk::make_room() {
  std::filesystem::remove(ballast());
}

}  // namespace tally::tests
