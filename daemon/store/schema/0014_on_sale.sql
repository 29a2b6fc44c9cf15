-- 0: ended in the catalogue, or no longer in its product at all. Where it is listed its number is 0.
ALTER TABLE variant ADD COLUMN on_sale INTEGER NOT NULL DEFAULT 1;
UPDATE variant SET on_sale = EXISTS (
  SELECT 1 FROM product p, json_each(p.document, '$.variants') v
  WHERE p.product_no = variant.product_no AND json_extract(v.value, '$.sku') = variant.sku AND COALESCE(json_extract(v.value, '$.state'), 'live') <> 'ended');
