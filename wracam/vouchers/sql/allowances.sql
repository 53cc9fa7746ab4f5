-- Allowances: whatever is limited is held, committed, released and given back here, and nowhere else.
-- Locks are taken in one order everywhere: the reservation's row, then the rows of its keys in the order of the keys.
-- A claim is counted in its key's `held` until it is settled or found expired; both happen under the key's lock.

-- Lock these keys (their rows exist) and stop counting claims whose time has passed.
CREATE OR REPLACE FUNCTION allowance_lock(p_keys text[], p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM allowance AS a WHERE a.key = ANY (p_keys) ORDER BY a.key FOR UPDATE;
    WITH lapsed AS (
        UPDATE allowance_claim AS c SET is_counted = false
        WHERE c.key = ANY (p_keys) AND c.is_counted AND c.expires_at <= p_now
        RETURNING c.key, c.amount
    )
    UPDATE allowance AS a SET held = a.held - l.amount
    FROM (SELECT lapsed.key, sum(lapsed.amount) AS amount FROM lapsed GROUP BY lapsed.key) AS l
    WHERE a.key = l.key;
END $$;

-- Hold all claims or none. Answers ('held'), ('known') for a reservation seen before, or a row
-- ('lacking', key, what is left) per key of which there is too little.
CREATE OR REPLACE FUNCTION allowance_hold(
    p_shop integer, p_reservation uuid, p_until timestamptz, p_now timestamptz,
    p_keys text[], p_amounts bigint[], p_maxima bigint[]
) RETURNS TABLE (outcome text, lacking_key text, lacking_left bigint) LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO allowance_hold (reservation_id, shop_id, state, held_at, expires_at)
    VALUES (p_reservation, p_shop, 'held', p_now, p_until) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'known', NULL::text, NULL::bigint;
        RETURN;
    END IF;
    INSERT INTO allowance (key) SELECT wanted FROM unnest(p_keys) AS wanted ORDER BY wanted COLLATE "C"
    ON CONFLICT DO NOTHING;
    PERFORM allowance_lock(p_keys, p_now);
    RETURN QUERY
        SELECT 'lacking', c.key, greatest(0, c.maximum - a.used - a.held)
        FROM unnest(p_keys, p_amounts, p_maxima) AS c (key, amount, maximum)
        JOIN allowance AS a ON a.key = c.key
        WHERE a.used + a.held + c.amount > c.maximum
        ORDER BY a.key;
    IF FOUND THEN
        DELETE FROM allowance_hold AS h WHERE h.reservation_id = p_reservation;
        RETURN;
    END IF;
    INSERT INTO allowance_claim (reservation_id, key, amount, maximum, expires_at, is_counted)
    SELECT p_reservation, c.key, c.amount, c.maximum, p_until, true
    FROM unnest(p_keys, p_amounts, p_maxima) AS c (key, amount, maximum);
    UPDATE allowance AS a SET held = a.held + c.amount
    FROM unnest(p_keys, p_amounts) AS c (key, amount) WHERE a.key = c.key;
    RETURN QUERY SELECT 'held', NULL::text, NULL::bigint;
END $$;

-- Use what is held: all of it (p_keys NULL), or these amounts and the rest becomes free. What lapsed or was released
-- is used only where there is still enough. Answers ('committed'), ('known'), ('unknown'), ('excess'), or
-- ('lacking', key, what is left) rows, after which nothing has changed.
CREATE OR REPLACE FUNCTION allowance_commit(
    p_reservation uuid, p_keys text[], p_amounts bigint[], p_now timestamptz
) RETURNS TABLE (outcome text, lacking_key text, lacking_left bigint) LANGUAGE plpgsql AS $$
DECLARE
    v_state text;
    v_keys text[];
BEGIN
    SELECT h.state INTO v_state FROM allowance_hold AS h WHERE h.reservation_id = p_reservation FOR UPDATE;
    IF v_state IS NULL OR v_state = 'committed' THEN
        RETURN QUERY SELECT CASE WHEN v_state IS NULL THEN 'unknown' ELSE 'known' END, NULL::text, NULL::bigint;
        RETURN;
    END IF;
    PERFORM allowance_follow(p_reservation);
    p_keys := allowance_current(p_keys);
    SELECT array_agg(c.key) INTO v_keys FROM allowance_claim AS c WHERE c.reservation_id = p_reservation;
    PERFORM allowance_lock(v_keys, p_now);
    IF EXISTS (
        SELECT FROM unnest(p_keys, p_amounts) AS wanted (key, amount)
        LEFT JOIN allowance_claim AS c ON c.reservation_id = p_reservation AND c.key = wanted.key
        WHERE wanted.amount > coalesce(c.amount, 0) OR wanted.amount < 0
    ) THEN
        RETURN QUERY SELECT 'excess', NULL::text, NULL::bigint;
        RETURN;
    END IF;
    RETURN QUERY
        SELECT 'lacking', c.key, greatest(0, c.maximum - a.used - a.held)
        FROM allowance_claim AS c JOIN allowance AS a ON a.key = c.key
        LEFT JOIN unnest(p_keys, p_amounts) AS wanted (key, amount) ON wanted.key = c.key
        WHERE c.reservation_id = p_reservation AND NOT c.is_counted
          AND a.used + a.held + allowance_wanted(p_keys, wanted.amount, c.amount) > c.maximum
          AND allowance_wanted(p_keys, wanted.amount, c.amount) > 0
        ORDER BY c.key;
    IF FOUND THEN
        RETURN;
    END IF;
    WITH wanted AS (
        SELECT c.key, c.amount AS claimed, c.is_counted, allowance_wanted(p_keys, w.amount, c.amount) AS amount
        FROM allowance_claim AS c LEFT JOIN unnest(p_keys, p_amounts) AS w (key, amount) ON w.key = c.key
        WHERE c.reservation_id = p_reservation
    ), counted AS (
        UPDATE allowance AS a
        SET used = a.used + wanted.amount,
            held = a.held - CASE WHEN wanted.is_counted THEN wanted.claimed ELSE 0 END
        FROM wanted WHERE a.key = wanted.key
    )
    UPDATE allowance_claim AS c SET committed = wanted.amount, is_counted = false
    FROM wanted WHERE c.reservation_id = p_reservation AND c.key = wanted.key;
    UPDATE allowance_hold AS h SET state = 'committed', settled_at = p_now WHERE h.reservation_id = p_reservation;
    RETURN QUERY SELECT 'committed', NULL::text, NULL::bigint;
END $$;

-- What is to be used of a claim: the amount given, none of a key that was not named, or all when no keys were given.
CREATE OR REPLACE FUNCTION allowance_wanted(p_keys text[], p_given bigint, p_claimed bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN p_keys IS NULL THEN p_claimed ELSE coalesce(p_given, 0) END $$;

-- Let go of what is held. Answers the state afterwards: 'released', 'committed' (nothing changed), or NULL (unknown).
CREATE OR REPLACE FUNCTION allowance_release(p_reservation uuid, p_now timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_state text;
    v_keys text[];
BEGIN
    SELECT h.state INTO v_state FROM allowance_hold AS h WHERE h.reservation_id = p_reservation FOR UPDATE;
    IF v_state IS DISTINCT FROM 'held' THEN
        RETURN v_state;
    END IF;
    PERFORM allowance_follow(p_reservation);
    SELECT array_agg(c.key) INTO v_keys FROM allowance_claim AS c WHERE c.reservation_id = p_reservation;
    PERFORM allowance_lock(v_keys, p_now);
    UPDATE allowance AS a SET held = a.held - c.amount
    FROM allowance_claim AS c WHERE c.reservation_id = p_reservation AND c.is_counted AND a.key = c.key;
    UPDATE allowance_claim AS c SET is_counted = false WHERE c.reservation_id = p_reservation AND c.is_counted;
    UPDATE allowance_hold AS h SET state = 'released', settled_at = p_now WHERE h.reservation_id = p_reservation;
    RETURN 'released';
END $$;

-- Give back some of what was committed, never more than is left of it. Answers {key: amount} that came back; the same
-- p_key again answers the same. NULL when nothing was ever committed under this reservation.
CREATE OR REPLACE FUNCTION allowance_give_back(
    p_reservation uuid, p_key text, p_keys text[], p_amounts bigint[], p_now timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_state text;
    v_back jsonb;
BEGIN
    SELECT h.state INTO v_state FROM allowance_hold AS h WHERE h.reservation_id = p_reservation FOR UPDATE;
    IF v_state IS DISTINCT FROM 'committed' THEN
        RETURN NULL;
    END IF;
    SELECT r.amounts INTO v_back FROM allowance_return AS r WHERE r.reservation_id = p_reservation AND r.key = p_key;
    IF FOUND THEN
        RETURN v_back;
    END IF;
    PERFORM allowance_follow(p_reservation);
    p_keys := allowance_current(p_keys);
    PERFORM allowance_lock(p_keys, p_now);
    WITH back AS (
        SELECT c.key, least(given.amount, c.committed - c.returned) AS amount
        FROM unnest(p_keys, p_amounts) AS given (key, amount)
        JOIN allowance_claim AS c ON c.reservation_id = p_reservation AND c.key = given.key
    ), counted AS (
        UPDATE allowance AS a SET used = a.used - back.amount FROM back WHERE a.key = back.key
    ), noted AS (
        UPDATE allowance_claim AS c SET returned = c.returned + back.amount
        FROM back WHERE c.reservation_id = p_reservation AND c.key = back.key
    )
    SELECT coalesce(jsonb_object_agg(back.key, back.amount), '{}') INTO v_back FROM back WHERE back.amount > 0;
    INSERT INTO allowance_return (reservation_id, key, amounts, returned_at)
    VALUES (p_reservation, p_key, v_back, p_now);
    RETURN v_back;
END $$;

-- Stop counting up to p_limit claims whose time has passed (and all other such claims of their keys); answers how many
-- keys were looked at. Keys that somebody is using right now are left to them: they do the same.
CREATE OR REPLACE FUNCTION allowance_sweep(p_now timestamptz, p_limit integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_keys text[];
BEGIN
    SELECT array_agg(locked.key) INTO v_keys FROM (
        SELECT a.key FROM allowance AS a WHERE a.key IN (
            SELECT due.key FROM allowance_claim AS due WHERE due.is_counted AND due.expires_at <= p_now
            ORDER BY due.expires_at LIMIT p_limit
        ) ORDER BY a.key FOR UPDATE SKIP LOCKED
    ) AS locked;
    IF v_keys IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM allowance_lock(v_keys, p_now);
    RETURN cardinality(v_keys);
END $$;

-- Counters are updated in place: leave room on the page, so that no index is touched.
ALTER TABLE allowance SET (fillfactor = 70);
ALTER TABLE allowance_claim SET (fillfactor = 70);
