-- Points whose time has come. Each call handles at most p_limit lots and answers what it did per member, so that the
-- caller commits in batches. Balance rows are locked first and in order, as everywhere.

-- Pending lots become active.
CREATE OR REPLACE FUNCTION point_activate_due(p_now timestamptz, p_limit integer)
RETURNS TABLE (shop_id integer, member_id uuid, point_kind text, points bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_lots bigint[];
    v_members uuid[];
    v_transfers jsonb;
BEGIN
    SELECT array_agg(due.id), array_agg(DISTINCT due.member_id) INTO v_lots, v_members FROM (
        SELECT l.id, l.member_id FROM point_lot AS l
        WHERE NOT l.is_active AND l.remaining > 0 AND l.activates_at <= p_now
        ORDER BY l.activates_at LIMIT p_limit
    ) AS due;
    PERFORM FROM point_balance AS b WHERE b.member_id = ANY (v_members) ORDER BY b.member_id, b.point_kind FOR UPDATE;
    SELECT jsonb_agg(jsonb_build_object(
        'shop', l.shop_id, 'key', format('activate:%s:%s', l.id, l.moves),
        'hash', encode(sha256(format('activate:%s:%s', l.id, l.remaining)::bytea), 'hex'),
        'entry', gen_random_uuid(), 'member', l.member_id, 'kind', l.point_kind, 'debit', 'pending',
        'credit', 'active', 'amount', l.remaining, 'at', p_now, 'happened', l.activates_at, 'expires', l.expires_at,
        'lot', l.id, 'order', l.order_id, 'earning', l.earning_id, 'reason', 'activated'
    )) INTO v_transfers
    FROM point_lot AS l WHERE l.id = ANY (v_lots) AND NOT l.is_active AND l.remaining > 0 AND l.activates_at <= p_now;
    IF v_transfers IS NOT NULL THEN
        PERFORM FROM point_post(v_transfers);
        PERFORM point_settle_debts(v_members, p_now);
        RETURN QUERY
            SELECT t.shop, t.member, t.kind, sum(t.amount)::bigint
            FROM jsonb_to_recordset(v_transfers) AS t (shop integer, member uuid, kind text, amount bigint)
            GROUP BY 1, 2, 3;
    END IF;
END $$;

-- Active lots whose last day has ended are closed with what is left of them. A pending lot is never expired before it
-- was active: it becomes active first (the order of the nightly steps), then ends.
CREATE OR REPLACE FUNCTION point_expire_due(p_now timestamptz, p_limit integer)
RETURNS TABLE (shop_id integer, member_id uuid, point_kind text, points bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_lots bigint[];
    v_members uuid[];
    v_transfers jsonb;
BEGIN
    SELECT array_agg(due.id), array_agg(DISTINCT due.member_id) INTO v_lots, v_members FROM (
        SELECT l.id, l.member_id FROM point_lot AS l
        WHERE l.is_active AND l.remaining > 0 AND l.expires_at <= p_now
        ORDER BY l.expires_at LIMIT p_limit
    ) AS due;
    PERFORM FROM point_balance AS b WHERE b.member_id = ANY (v_members) ORDER BY b.member_id, b.point_kind FOR UPDATE;
    SELECT jsonb_agg(jsonb_build_object(
        'shop', l.shop_id, 'key', format('expire:%s:%s', l.id, l.moves),
        'hash', encode(sha256(format('expire:%s:%s', l.id, l.remaining)::bytea), 'hex'),
        'entry', gen_random_uuid(), 'member', l.member_id, 'kind', l.point_kind, 'debit', 'active',
        'credit', 'expired', 'amount', l.remaining, 'at', p_now, 'happened', l.expires_at, 'lot', l.id,
        'order', l.order_id, 'earning', l.earning_id, 'reason', 'expired',
        'allocations', jsonb_build_array(jsonb_build_array(l.id, l.remaining))
    )) INTO v_transfers
    FROM point_lot AS l WHERE l.id = ANY (v_lots) AND l.is_active AND l.remaining > 0 AND l.expires_at <= p_now;
    IF v_transfers IS NOT NULL THEN
        PERFORM FROM point_post(v_transfers);
        RETURN QUERY
            SELECT t.shop, t.member, t.kind, sum(t.amount)::bigint
            FROM jsonb_to_recordset(v_transfers) AS t (shop integer, member uuid, kind text, amount bigint)
            GROUP BY 1, 2, 3;
    END IF;
END $$;

-- Members of a programme who neither earned nor spent since p_limit lose what is active. Activity is the latest
-- transfer that the member caused: earned or spent, by when it happened.
CREATE OR REPLACE FUNCTION point_expire_inactive(
    p_now timestamptz, p_batch integer, p_shop integer, p_program text, p_limit timestamptz
) RETURNS TABLE (shop_id integer, member_id uuid, point_kind text, points bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_members uuid[];
    v_transfers jsonb;
BEGIN
    SELECT array_agg(idle.id) INTO v_members FROM (
        SELECT m.id FROM loyalty_member AS m
        JOIN point_balance AS b ON b.member_id = m.id AND b.active > 0
        WHERE m.program = p_program AND m.shop_id = p_shop AND m.state = 'active' AND m.joined_at < p_limit
          AND NOT EXISTS (
              SELECT FROM point_transfer AS t
              WHERE t.member_id = m.id AND t.reason IN ('earned', 'spent', 'held') AND t.happened_at >= p_limit
          )
        ORDER BY m.id LIMIT p_batch
    ) AS idle;
    PERFORM FROM point_balance AS b WHERE b.member_id = ANY (v_members) ORDER BY b.member_id, b.point_kind FOR UPDATE;
    SELECT jsonb_agg(jsonb_build_object(
        'shop', l.shop_id, 'key', format('idle:%s:%s', l.id, l.moves),
        'hash', encode(sha256(format('idle:%s:%s', l.id, l.remaining)::bytea), 'hex'),
        'entry', gen_random_uuid(), 'member', l.member_id, 'kind', l.point_kind, 'debit', 'active',
        'credit', 'expired', 'amount', l.remaining, 'at', p_now, 'happened', p_now, 'lot', l.id,
        'order', l.order_id, 'earning', l.earning_id, 'reason', 'expired', 'note', 'inactivity',
        'allocations', jsonb_build_array(jsonb_build_array(l.id, l.remaining))
    )) INTO v_transfers
    FROM point_lot AS l WHERE l.member_id = ANY (v_members) AND l.is_active AND l.remaining > 0;
    IF v_transfers IS NOT NULL THEN
        PERFORM FROM point_post(v_transfers);
        RETURN QUERY
            SELECT t.shop, t.member, t.kind, sum(t.amount)::bigint
            FROM jsonb_to_recordset(v_transfers) AS t (shop integer, member uuid, kind text, amount bigint)
            GROUP BY 1, 2, 3;
    END IF;
END $$;
