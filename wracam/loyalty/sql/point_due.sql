-- Points whose time has come. The caller lists what is due and hands it over in batches, each a transaction of its own,
-- and is answered what each member got or lost. Balance rows are locked first and in order, as everywhere; then the
-- lots are looked at again, since another worker may have moved them. What is left is moved as one set.
DROP FUNCTION IF EXISTS point_activate_due(timestamptz, integer);
DROP FUNCTION IF EXISTS point_expire_due(timestamptz, integer);
DROP FUNCTION IF EXISTS point_expire_inactive(timestamptz, integer, integer, text, timestamptz);
DROP FUNCTION IF EXISTS point_end_lots(bigint[], timestamptz, text, text);
DROP FUNCTION IF EXISTS point_was_active_since(uuid, timestamptz);

-- Pending lots become active.
CREATE OR REPLACE FUNCTION point_activate(p_lots bigint[], p_now timestamptz)
RETURNS TABLE (shop_id integer, customer_id uuid, member_id uuid, point_kind text, points bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_members uuid[];
BEGIN
    SELECT array_agg(DISTINCT l.member_id) INTO v_members FROM point_lot AS l WHERE l.id = ANY (p_lots);
    PERFORM FROM point_balance AS b WHERE b.member_id = ANY (v_members) ORDER BY b.member_id, b.point_kind FOR UPDATE;
    RETURN QUERY
        WITH due AS MATERIALIZED (
            SELECT l.* FROM point_lot AS l
            WHERE l.id = ANY (p_lots) AND NOT l.is_active AND l.remaining > 0 AND l.activates_at <= p_now
            ORDER BY l.member_id, l.id
        ), posted AS (
            INSERT INTO point_transfer (
                shop_id, key, input_hash, entry_id, member_id, point_kind, debit, credit, amount, at, happened_at,
                expires_at, lot_id, order_id, earning_id, reason
            )
            SELECT shop_id, format('activate:%s:%s', id, moves),
                   sha256(format('activate:%s:%s', id, remaining)::bytea), gen_random_uuid(), member_id, point_kind,
                   'pending', 'active', remaining, p_now, activates_at, expires_at, id, order_id, earning_id,
                   'activated'
            FROM due
        ), moved AS (
            UPDATE point_lot AS l SET is_active = true, moves = l.moves + 1 FROM due WHERE l.id = due.id
        ), change AS MATERIALIZED (
            SELECT min(shop_id) AS shop_id, member_id, point_kind, sum(remaining)::bigint AS points, count(*) AS n
            FROM due GROUP BY member_id, point_kind
        ), balanced AS (
            UPDATE point_balance AS b SET
                pending = b.pending - change.points, active = b.active + change.points,
                transfers = b.transfers + change.n
            FROM change WHERE b.member_id = change.member_id AND b.point_kind = change.point_kind
        )
        SELECT change.shop_id, m.customer_id, change.member_id, change.point_kind, change.points
        FROM change LEFT JOIN loyalty_member AS m ON m.id = change.member_id;
    PERFORM point_settle_debts(v_members, p_now);
END $$;

-- Active lots whose last day has ended are closed with what is left of them. A pending lot is never expired before it
-- was active: it becomes active first (the order of the nightly steps), then ends.
CREATE OR REPLACE FUNCTION point_expire(p_lots bigint[], p_now timestamptz)
RETURNS TABLE (shop_id integer, customer_id uuid, member_id uuid, point_kind text, points bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    PERFORM FROM point_balance AS b
    WHERE b.member_id IN (SELECT l.member_id FROM point_lot AS l WHERE l.id = ANY (p_lots))
    ORDER BY b.member_id, b.point_kind FOR UPDATE;
    RETURN QUERY SELECT * FROM point_end_lots((
        SELECT array_agg(l.id) FROM point_lot AS l WHERE l.id = ANY (p_lots) AND l.expires_at <= p_now
    ), p_now, 'expire', '');
END $$;

-- Members who neither earned nor spent since p_since lose what is active. Activity is the latest transfer that the
-- member caused, by when it happened: their balances know it, and it is asked again behind the lock.
CREATE OR REPLACE FUNCTION point_expire_idle(p_members uuid[], p_now timestamptz, p_since timestamptz)
RETURNS TABLE (shop_id integer, customer_id uuid, member_id uuid, point_kind text, points bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    PERFORM FROM point_balance AS b WHERE b.member_id = ANY (p_members) ORDER BY b.member_id, b.point_kind FOR UPDATE;
    RETURN QUERY SELECT * FROM point_end_lots((
        SELECT array_agg(l.id) FROM point_lot AS l
        WHERE l.member_id = ANY (p_members) AND l.remaining > 0 AND NOT EXISTS (
            SELECT FROM point_balance AS b WHERE b.member_id = l.member_id AND b.acted_at >= p_since
        )
    ), p_now, 'idle', 'inactivity');
END $$;

-- Close these lots with what is left of them, if they are active. The caller holds the balances of their members.
-- Points that ended on their last day ended then; those of idle members end now.
CREATE OR REPLACE FUNCTION point_end_lots(p_lots bigint[], p_now timestamptz, p_key text, p_note text)
RETURNS TABLE (shop_id integer, customer_id uuid, member_id uuid, point_kind text, points bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        WITH due AS MATERIALIZED (
            SELECT l.* FROM point_lot AS l WHERE l.id = ANY (p_lots) AND l.is_active AND l.remaining > 0
            ORDER BY l.member_id, l.id
        ), posted AS (
            INSERT INTO point_transfer (
                shop_id, key, input_hash, entry_id, member_id, point_kind, debit, credit, amount, at, happened_at,
                lot_id, order_id, earning_id, reason, note
            )
            SELECT shop_id, format('%s:%s:%s', p_key, id, moves),
                   sha256(format('%s:%s:%s', p_key, id, remaining)::bytea), gen_random_uuid(), member_id, point_kind,
                   'active', 'expired', remaining, p_now, CASE p_key WHEN 'idle' THEN p_now ELSE expires_at END, id,
                   order_id, earning_id, 'expired', p_note
            FROM due
            RETURNING id, lot_id, amount
        ), allocated AS (
            INSERT INTO point_lot_allocation (transfer_id, lot_id, amount) SELECT id, lot_id, amount FROM posted
        ), moved AS (
            UPDATE point_lot AS l SET remaining = 0, moves = l.moves + 1 FROM due WHERE l.id = due.id
        ), change AS MATERIALIZED (
            SELECT min(shop_id) AS shop_id, member_id, point_kind, sum(remaining)::bigint AS points, count(*) AS n
            FROM due GROUP BY member_id, point_kind
        ), balanced AS (
            UPDATE point_balance AS b SET
                active = b.active - change.points, expired = b.expired + change.points,
                transfers = b.transfers + change.n
            FROM change WHERE b.member_id = change.member_id AND b.point_kind = change.point_kind
        )
        SELECT change.shop_id, m.customer_id, change.member_id, change.point_kind, change.points
        FROM change LEFT JOIN loyalty_member AS m ON m.id = change.member_id;
END $$;
