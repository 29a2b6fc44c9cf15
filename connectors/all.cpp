// The only list of coded connectors, by the word behind `over:` in connector.yaml.
#include "assemble.hpp"
#include "connectors/file/file.hpp"
#include "connectors/rest/rest.hpp"

namespace tally {

const channel::Registry& coded_connectors() {
  static const channel::Registry registry{{"http", rest::make}, {"files", file::make}};
  return registry;
}

}  // namespace tally
