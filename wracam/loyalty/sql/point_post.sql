-- Post many transfers in one statement: [{shop, key, hash, entry, member, kind, debit, credit, amount, at, happened,
-- activates, expires, lot, order, earning, version, cause, reverses, reason, note, actor, allocations: [[lot, amount]]}].
-- A transfer from the programme to a member without a lot opens one. Allocations take from lots (negative: give back).
-- Keys seen before are left alone and answered with was_new = false; WR001 when their input differed.
-- Callers that take points hold the balance rows of these members (FOR UPDATE, in order), so that nothing deadlocks.
CREATE OR REPLACE FUNCTION point_post(p_transfers jsonb)
RETURNS TABLE (key text, transfer_id bigint, was_new boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_keys text[];
    v_ids bigint[];
    v_expected bigint;
    v_reduced bigint;
BEGIN
    WITH input AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(p_transfers) AS i (
            shop integer, key text, hash text, entry uuid, member uuid, kind text, debit text, credit text,
            amount bigint, at timestamptz, happened timestamptz, activates timestamptz, expires timestamptz,
            lot bigint, "order" uuid, earning uuid, version uuid, cause uuid, reverses bigint, reason text,
            note text, actor text, allocations jsonb
        )
    ), posted AS (
        INSERT INTO point_transfer (
            shop_id, key, input_hash, entry_id, member_id, point_kind, debit, credit, amount, at, happened_at,
            activates_at, expires_at, lot_id, order_id, earning_id, rule_version_id, cause_event_id, reverses_id,
            reason, note, actor
        )
        SELECT shop, key, decode(hash, 'hex'), entry, member, kind, debit, credit, amount, at, happened, activates,
               expires, lot, "order", earning, version, cause, reverses, reason, coalesce(note, ''), coalesce(actor, '')
        FROM input
        ON CONFLICT (shop_id, key) DO NOTHING
        RETURNING *
    ), opened AS (
        INSERT INTO point_lot (
            id, shop_id, member_id, point_kind, amount, remaining, is_active, moves, earned_at, activates_at,
            expires_at, order_id, earning_id
        )
        SELECT id, shop_id, member_id, point_kind, amount, amount, credit = 'active', 0, happened_at, activates_at,
               expires_at, order_id, earning_id
        FROM posted
        WHERE lot_id IS NULL AND credit IN ('active', 'pending')
          AND debit IN ('issued', 'corrected', 'transit', 'reversed', 'spent')
          AND NOT EXISTS (
              SELECT FROM input
              WHERE input.shop = posted.shop_id AND input.key = posted.key AND jsonb_array_length(input.allocations) > 0
          )
    ), allocated AS (
        INSERT INTO point_lot_allocation (transfer_id, lot_id, amount)
        SELECT posted.id, (pair ->> 0)::bigint, (pair ->> 1)::bigint
        FROM posted
        JOIN input ON input.shop = posted.shop_id AND input.key = posted.key,
             jsonb_array_elements(input.allocations) AS pair
        RETURNING lot_id, amount
    ), touched AS (
        SELECT lot_id, sum(amount) AS amount, bool_or(activates) AS activates
        FROM (
            SELECT lot_id, amount, false AS activates FROM allocated
            UNION ALL
            SELECT lot_id, 0, true FROM posted WHERE debit = 'pending' AND credit = 'active'
        ) AS changes
        GROUP BY lot_id
    ), moved AS (
        UPDATE point_lot AS l
        SET remaining = l.remaining - touched.amount, moves = l.moves + 1, is_active = l.is_active OR touched.activates
        FROM touched WHERE l.id = touched.lot_id
    ), change AS MATERIALIZED (
        SELECT member_id, point_kind, min(shop_id) AS shop_id, count(*) AS transfers,
               sum(CASE 'active' WHEN credit THEN amount WHEN debit THEN -amount ELSE 0 END) AS active,
               sum(CASE 'pending' WHEN credit THEN amount WHEN debit THEN -amount ELSE 0 END) AS pending,
               sum(CASE 'held' WHEN credit THEN amount WHEN debit THEN -amount ELSE 0 END) AS held,
               sum(CASE 'debt' WHEN debit THEN amount WHEN credit THEN -amount ELSE 0 END) AS debt,
               sum(CASE WHEN debit IN ('issued', 'reversed') THEN amount WHEN credit IN ('issued', 'reversed') THEN -amount
                   ELSE 0 END) AS earned,
               sum(CASE 'spent' WHEN credit THEN amount WHEN debit THEN -amount ELSE 0 END) AS spent,
               sum(CASE 'expired' WHEN credit THEN amount WHEN debit THEN -amount ELSE 0 END) AS expired,
               max(happened_at) FILTER (WHERE reason IN ('earned', 'spent', 'held')) AS acted_at
        FROM posted GROUP BY member_id, point_kind
    ), increased AS (
        INSERT INTO point_balance AS b (
            member_id, point_kind, shop_id, active, pending, held, debt, earned, spent, expired, transfers, acted_at
        )
        SELECT member_id, point_kind, shop_id, active, pending, held, debt, earned, spent, expired, transfers, acted_at
        FROM change WHERE least(active, pending, held, debt) >= 0
        ORDER BY member_id, point_kind
        ON CONFLICT (member_id, point_kind) DO UPDATE SET
            active = b.active + excluded.active, pending = b.pending + excluded.pending,
            held = b.held + excluded.held, debt = b.debt + excluded.debt, earned = b.earned + excluded.earned,
            spent = b.spent + excluded.spent, expired = b.expired + excluded.expired,
            transfers = b.transfers + excluded.transfers, acted_at = greatest(b.acted_at, excluded.acted_at)
    ), reduced AS (
        UPDATE point_balance AS b SET
            active = b.active + change.active, pending = b.pending + change.pending, held = b.held + change.held,
            debt = b.debt + change.debt, earned = b.earned + change.earned, spent = b.spent + change.spent,
            expired = b.expired + change.expired, transfers = b.transfers + change.transfers,
            acted_at = greatest(b.acted_at, change.acted_at)
        FROM change
        WHERE b.member_id = change.member_id AND b.point_kind = change.point_kind
          AND least(change.active, change.pending, change.held, change.debt) < 0
        RETURNING b.member_id
    )
    SELECT (SELECT array_agg(posted.key) FROM posted), (SELECT array_agg(posted.id) FROM posted),
           (SELECT count(*) FROM change WHERE least(active, pending, held, debt) < 0), (SELECT count(*) FROM reduced)
    INTO v_keys, v_ids, v_expected, v_reduced;

    IF v_expected <> v_reduced THEN
        RAISE EXCEPTION 'points of a member without a balance cannot be taken' USING ERRCODE = 'WR003';
    END IF;
    RETURN QUERY SELECT u.key, u.id, true FROM unnest(v_keys, v_ids) AS u (key, id);
    IF coalesce(cardinality(v_keys), 0) < jsonb_array_length(p_transfers) THEN
        RETURN QUERY SELECT * FROM point_posted_before(p_transfers, coalesce(v_keys, ARRAY[]::text[]));
    END IF;
END $$;

-- The first postings of keys that were used before; WR001 when one was used for another movement.
CREATE OR REPLACE FUNCTION point_posted_before(p_transfers jsonb, p_new text[])
RETURNS TABLE (key text, transfer_id bigint, was_new boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_key text;
BEGIN
    SELECT i.key INTO v_key
    FROM jsonb_to_recordset(p_transfers) AS i (shop integer, key text, hash text)
    JOIN point_transfer AS t ON t.shop_id = i.shop AND t.key = i.key
    WHERE t.input_hash <> decode(i.hash, 'hex') LIMIT 1;
    IF v_key IS NOT NULL THEN
        RAISE EXCEPTION 'key % was used for another movement', v_key USING ERRCODE = 'WR001';
    END IF;
    RETURN QUERY
        SELECT DISTINCT t.key, t.id, false
        FROM jsonb_to_recordset(p_transfers) AS i (shop integer, key text)
        JOIN point_transfer AS t ON t.shop_id = i.shop AND t.key = i.key
        WHERE i.key <> ALL (p_new);
END $$;
