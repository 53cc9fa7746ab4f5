-- One earning in one round trip: transfer, lot and balance. Touches no row but the member's own.
-- Answers (id, true), or (id of the first posting, false) for a key seen before; WR001 when its input differed.
CREATE OR REPLACE FUNCTION point_earn(
    p_shop integer, p_key text, p_hash bytea, p_entry uuid, p_member uuid, p_kind text, p_amount bigint,
    p_at timestamptz, p_happened timestamptz, p_activates timestamptz, p_expires timestamptz, p_is_active boolean,
    p_order uuid, p_earning uuid, p_version uuid, p_cause uuid
) RETURNS TABLE (transfer_id bigint, was_new boolean) LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
    v_hash bytea;
BEGIN
    INSERT INTO point_transfer (
        shop_id, key, input_hash, entry_id, member_id, point_kind, debit, credit, amount, at, happened_at,
        activates_at, expires_at, order_id, earning_id, rule_version_id, cause_event_id, reason
    ) VALUES (
        p_shop, p_key, p_hash, p_entry, p_member, p_kind, 'issued',
        CASE WHEN p_is_active THEN 'active' ELSE 'pending' END, p_amount, p_at, p_happened,
        p_activates, p_expires, p_order, p_earning, p_version, p_cause, 'earned'
    ) ON CONFLICT (shop_id, key) DO NOTHING RETURNING id INTO v_id;

    IF v_id IS NULL THEN
        SELECT id, input_hash INTO STRICT v_id, v_hash FROM point_transfer WHERE shop_id = p_shop AND key = p_key;
        IF v_hash <> p_hash THEN
            RAISE EXCEPTION 'key % was used for another movement', p_key USING ERRCODE = 'WR001';
        END IF;
        RETURN QUERY SELECT v_id, false;
        RETURN;
    END IF;

    INSERT INTO point_lot (
        id, shop_id, member_id, point_kind, amount, remaining, is_active, moves, earned_at, activates_at, expires_at,
        order_id, earning_id
    ) VALUES (
        v_id, p_shop, p_member, p_kind, p_amount, p_amount, p_is_active, 0, p_happened, p_activates, p_expires,
        p_order, p_earning
    );
    UPDATE point_balance SET
        active = active + CASE WHEN p_is_active THEN p_amount ELSE 0 END,
        pending = pending + CASE WHEN p_is_active THEN 0 ELSE p_amount END,
        earned = earned + p_amount, transfers = transfers + 1, acted_at = greatest(acted_at, p_happened)
    WHERE member_id = p_member AND point_kind = p_kind;
    IF NOT FOUND THEN
        INSERT INTO point_balance AS b (member_id, point_kind, shop_id, active, pending, earned, transfers, acted_at)
        VALUES (
            p_member, p_kind, p_shop, CASE WHEN p_is_active THEN p_amount ELSE 0 END,
            CASE WHEN p_is_active THEN 0 ELSE p_amount END, p_amount, 1, p_happened
        ) ON CONFLICT (member_id, point_kind) DO UPDATE SET
            active = b.active + excluded.active, pending = b.pending + excluded.pending,
            earned = b.earned + excluded.earned, transfers = b.transfers + 1,
            acted_at = greatest(b.acted_at, excluded.acted_at);
    END IF;
    RETURN QUERY SELECT v_id, true;
END $$;
