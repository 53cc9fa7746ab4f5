-- Take active points from a member in one round trip: the lot that expires first is used first, never-expiring last,
-- the earlier earned first among equals. Answers 'posted', 'existing' (same key and input as before) or 'refused'
-- with what is available. The member's balance row is the lock.
CREATE OR REPLACE FUNCTION point_take(
    p_shop integer, p_key text, p_hash bytea, p_entry uuid, p_member uuid, p_kind text, p_amount bigint,
    p_credit text, p_at timestamptz, p_happened timestamptz, p_order uuid, p_cause uuid, p_reason text, p_note text,
    p_actor text
) RETURNS TABLE (outcome text, transfer_id bigint, available bigint) LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
    v_hash bytea;
    v_available bigint;
BEGIN
    PERFORM FROM point_balance WHERE member_id = p_member AND point_kind = p_kind FOR UPDATE;

    SELECT id, input_hash INTO v_id, v_hash FROM point_transfer WHERE shop_id = p_shop AND key = p_key;
    IF v_id IS NOT NULL THEN
        IF v_hash <> p_hash THEN
            RAISE EXCEPTION 'key % was used for another movement', p_key USING ERRCODE = 'WR001';
        END IF;
        RETURN QUERY SELECT 'existing', v_id, NULL::bigint;
        RETURN;
    END IF;

    SELECT coalesce(sum(remaining), 0) INTO v_available FROM point_lot
    WHERE member_id = p_member AND point_kind = p_kind AND remaining > 0 AND is_active
      AND (expires_at IS NULL OR expires_at > p_at);
    IF v_available < p_amount THEN
        RETURN QUERY SELECT 'refused', NULL::bigint, v_available;
        RETURN;
    END IF;

    INSERT INTO point_transfer (
        shop_id, key, input_hash, entry_id, member_id, point_kind, debit, credit, amount, at, happened_at, order_id,
        cause_event_id, reason, note, actor
    ) VALUES (
        p_shop, p_key, p_hash, p_entry, p_member, p_kind, 'active', p_credit, p_amount, p_at, p_happened, p_order,
        p_cause, p_reason, p_note, p_actor
    ) ON CONFLICT (shop_id, key) DO NOTHING RETURNING id INTO v_id;
    IF v_id IS NULL THEN
        RAISE EXCEPTION 'key % was used for another movement', p_key USING ERRCODE = 'WR001';
    END IF;

    WITH ordered AS (
        SELECT id, remaining, sum(remaining) OVER (ORDER BY expires_at NULLS LAST, earned_at, id) AS up_to
        FROM point_lot
        WHERE member_id = p_member AND point_kind = p_kind AND remaining > 0 AND is_active
          AND (expires_at IS NULL OR expires_at > p_at)
    ), taken AS (
        SELECT id, least(remaining, p_amount - (up_to - remaining)) AS amount
        FROM ordered WHERE up_to - remaining < p_amount
    ), allocated AS (
        INSERT INTO point_lot_allocation (transfer_id, lot_id, amount) SELECT v_id, id, amount FROM taken
    )
    UPDATE point_lot AS l SET remaining = l.remaining - taken.amount, moves = l.moves + 1
    FROM taken WHERE l.id = taken.id;

    UPDATE point_balance SET
        active = active - p_amount,
        held = held + CASE p_credit WHEN 'held' THEN p_amount ELSE 0 END,
        debt = debt - CASE p_credit WHEN 'debt' THEN p_amount ELSE 0 END,
        spent = spent + CASE p_credit WHEN 'spent' THEN p_amount ELSE 0 END,
        transfers = transfers + 1,
        acted_at = CASE WHEN p_reason IN ('earned', 'spent', 'held') THEN greatest(acted_at, p_happened) ELSE acted_at END
    WHERE member_id = p_member AND point_kind = p_kind;
    RETURN QUERY SELECT 'posted', v_id, v_available - p_amount;
END $$;

-- New active points pay what their members owe, oldest lot first as for any spending.
CREATE OR REPLACE FUNCTION point_settle_debts(p_members uuid[], p_at timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_owing record;
    v_available bigint;
    v_paid bigint;
    v_total bigint := 0;
    v_key text;
BEGIN
    FOR v_owing IN
        SELECT member_id, point_kind, shop_id, debt, transfers FROM point_balance
        WHERE member_id = ANY (p_members) AND debt > 0 AND active > 0
        ORDER BY member_id, point_kind FOR UPDATE
    LOOP
        SELECT coalesce(sum(remaining), 0) INTO v_available FROM point_lot
        WHERE member_id = v_owing.member_id AND point_kind = v_owing.point_kind AND remaining > 0 AND is_active
          AND (expires_at IS NULL OR expires_at > p_at);
        v_paid := least(v_owing.debt, v_available);
        IF v_paid > 0 THEN
            v_key := format('settle:%s:%s:%s', v_owing.member_id, v_owing.point_kind, v_owing.transfers);
            PERFORM FROM point_take(
                v_owing.shop_id, v_key, sha256(v_key::bytea), gen_random_uuid(), v_owing.member_id, v_owing.point_kind,
                v_paid, 'debt', p_at, p_at, NULL, NULL, 'settled_debt', '', ''
            );
            v_total := v_total + v_paid;
        END IF;
    END LOOP;
    RETURN v_total;
END $$;
