// What a person changes at the platform's own pages is put back, or taken over where the channel's word stands.
#include "support/street.hpp"

namespace tally::tests {
namespace {

void edit(Street& street, const std::string& sku, const std::string& field, const std::string& value) {
  street.tell("shop", "edit", Json::object({{"sku", sku}, {"field", field}, {"value", value}}));
}

std::string description_here(Street& street, const std::string& sku) {
  const Json answer = street.done({"product", "list", "--sku", sku});
  return answer.find("items")->as_array().at(0).text_or("description");
}

class HandEdit : public ::testing::Test {
 protected:
  void open(const std::string& more) {
    street.write_channel("shop", more);
    street.open();
    street.import(three_products());
    street.release({"shop"});
    ASSERT_EQ(street.offer("shop", "TEE").text_or("title"), "Tee");
  }

  Street street{{platform("shop", "woocommerce")}};
  const milliseconds one_sweep{12'000};  ///< one sweep of two seconds, a second look, and room for a busy machine
};

TEST_F(HandEdit, OfATitleAPriceAndANumberIsPutBackWithinOneSweep) {
  open("");
  edit(street, "TEE", "title", "Best tee in town");
  edit(street, "MUG", "price", "1.00");
  edit(street, "CAP", "quantity", "70");
  EXPECT_TRUE(street.soon([&] { return street.offer("shop", "TEE").text_or("title") == "Tee"; }, one_sweep));
  EXPECT_TRUE(street.soon([&] { return street.offer("shop", "MUG").text_or("price") == "9.50"; }, one_sweep));
  EXPECT_TRUE(street.soon([&] { return street.shown("shop", "CAP") == 7; }, one_sweep));
  EXPECT_TRUE(street.soon([&] { return street.status().bool_or("converged"); }));
}

TEST_F(HandEdit, OfADescriptionIsPutBackWhereTheChannelDoesNotOwnIt) {
  open("");
  edit(street, "TEE", "description", "Now with sleeves");
  EXPECT_TRUE(
      street.soon([&] { return street.offer("shop", "TEE").text_or("description").find("A plain tee") != std::string::npos; }, one_sweep));
  EXPECT_NE(description_here(street, "TEE"), "Now with sleeves");
}

TEST_F(HandEdit, OfADescriptionIsAdoptedWhereTheChannelOwnsIt) {
  open("owners: { description: channel }\n");
  edit(street, "TEE", "description", "Now with sleeves");
  EXPECT_TRUE(street.soon([&] { return description_here(street, "TEE") == "Now with sleeves"; }, one_sweep));
  EXPECT_EQ(street.offer("shop", "TEE").text_or("description"), "Now with sleeves");

  // Owning one field is not owning the others.
  edit(street, "TEE", "title", "Best tee in town");
  EXPECT_TRUE(street.soon([&] { return street.offer("shop", "TEE").text_or("title") == "Tee"; }, one_sweep));
  EXPECT_EQ(street.offer("shop", "TEE").text_or("description"), "Now with sleeves");
  EXPECT_EQ(description_here(street, "TEE"), "Now with sleeves");
  EXPECT_TRUE(street.soon([&] { return street.tallyd({"plan"}).code == 0; }));
}

TEST_F(HandEdit, IsNotOverwrittenByTheNextImportWhereTheChannelOwnsTheField) {
  open("owners: { description: channel, price: channel }\n");
  edit(street, "TEE", "description", "Now with sleeves");
  edit(street, "TEE", "price", "11.00");
  EXPECT_TRUE(street.soon([&] { return description_here(street, "TEE") == "Now with sleeves"; }, one_sweep));
  street.import(three_products());
  edit(street, "TEE", "title", "Best tee in town");  // a write of the whole listing follows
  EXPECT_TRUE(street.soon([&] { return street.offer("shop", "TEE").text_or("title") == "Tee"; }, one_sweep));
  EXPECT_EQ(street.offer("shop", "TEE").text_or("description"), "Now with sleeves");
  EXPECT_EQ(street.offer("shop", "TEE").text_or("price"), "11.00");
  EXPECT_TRUE(street.soon([&] { return street.tallyd({"plan"}).code == 0; }));
}

}  // namespace
}  // namespace tally::tests
