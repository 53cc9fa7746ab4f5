-- Rewrites the trade statistics of some customers from their orders.
-- Parameter: customer ids (uuid[]), twice. What counts is said in commerce/core/sales.py.
WITH counted AS (
    SELECT customer_id, currency, placed_at, is_sale, total_minor, refunded_minor, units, refunded_units,
           discount_minor > 0 OR coupon_codes <> '{}' AS is_discounted,
           CASE WHEN is_sale THEN
               extract(epoch FROM placed_at - lag(placed_at) OVER (
                   PARTITION BY customer_id, currency, is_sale ORDER BY placed_at, id))::bigint
           END AS gap
    FROM shop_order
    WHERE customer_id = ANY(%s::uuid[]) AND is_valid
), summed AS (
    SELECT customer_id, currency,
           count(*) FILTER (WHERE total_minor >= 0) AS order_count,
           count(*) FILTER (WHERE is_sale) AS sale_count,
           coalesce(sum(total_minor) FILTER (WHERE is_sale), 0) AS gross_minor,
           coalesce(sum(refunded_minor) FILTER (WHERE is_sale), 0)
               - coalesce(sum(total_minor) FILTER (WHERE total_minor < 0), 0) AS refunded_minor,
           coalesce(sum(units) FILTER (WHERE is_sale), 0) AS units,
           coalesce(sum(refunded_units) FILTER (WHERE is_sale), 0) AS refunded_units,
           min(placed_at) FILTER (WHERE is_sale) AS first_sale_at,
           max(placed_at) FILTER (WHERE is_sale) AS last_sale_at,
           coalesce(sum(gap), 0) AS gap_seconds_sum,
           coalesce(sum(gap::numeric * gap), 0) AS gap_seconds_squared_sum,
           coalesce(sum(ln(gap / 86400.0::float8)) FILTER (WHERE gap > 0), 0) AS gap_log_sum,
           count(*) FILTER (WHERE is_sale AND refunded_minor > 0) AS returned_count,
           count(*) FILTER (WHERE is_sale AND is_discounted) AS discounted_count
    FROM counted
    GROUP BY customer_id, currency
), gone AS (
    DELETE FROM trade_statistic AS known
    WHERE known.customer_id = ANY(%s::uuid[])
      AND NOT EXISTS (SELECT FROM summed
                      WHERE summed.customer_id = known.customer_id AND summed.currency = known.currency)
)
INSERT INTO trade_statistic AS known
    (customer_id, currency, order_count, sale_count, gross_minor, refunded_minor, units, refunded_units,
     first_sale_at, last_sale_at, gap_seconds_sum, gap_seconds_squared_sum, gap_log_sum, returned_count,
     discounted_count)
SELECT customer_id, currency, order_count, sale_count, gross_minor, refunded_minor, units, refunded_units,
       first_sale_at, last_sale_at, gap_seconds_sum, gap_seconds_squared_sum, gap_log_sum, returned_count,
       discounted_count
FROM summed
ON CONFLICT (customer_id, currency) DO UPDATE SET
    order_count = excluded.order_count, sale_count = excluded.sale_count, gross_minor = excluded.gross_minor,
    refunded_minor = excluded.refunded_minor, units = excluded.units, refunded_units = excluded.refunded_units,
    first_sale_at = excluded.first_sale_at, last_sale_at = excluded.last_sale_at,
    gap_seconds_sum = excluded.gap_seconds_sum, gap_seconds_squared_sum = excluded.gap_seconds_squared_sum,
    gap_log_sum = excluded.gap_log_sum, returned_count = excluded.returned_count,
    discounted_count = excluded.discounted_count
