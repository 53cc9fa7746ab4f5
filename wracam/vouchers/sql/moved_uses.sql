-- Uses that move from one owner to another: two profiles are one person, a guest is a customer.

-- Whose uses a key counts: a customer's id, or the mark of a guest (g-…); NULL for keys of everybody.
CREATE OR REPLACE FUNCTION allowance_owner(p_key text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT substring(p_key FROM '^(?:campaign:[^:]+:customer|promotion:[^:]+:uses):([0-9a-f-]{36}|g-[0-9a-f]{32})(?=:)')
$$;

-- Two owners are one person: what the first used and holds is the second's, period by period. Answers how many keys
-- moved. The emptied keys stay, and say where they moved: reservations made before follow when they are next touched.
CREATE OR REPLACE FUNCTION allowance_move(p_from text, p_to text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    v_old text[];
    v_new text[];
BEGIN
    SELECT array_agg(a.key ORDER BY a.key),
           array_agg(replace(a.key, ':' || p_from || ':', ':' || p_to || ':') ORDER BY a.key)
    INTO v_old, v_new
    FROM allowance AS a WHERE allowance_owner(a.key) = p_from;
    IF v_old IS NULL THEN
        RETURN 0;
    END IF;
    INSERT INTO allowance (key) SELECT wanted FROM unnest(v_new) AS wanted ORDER BY wanted COLLATE "C"
    ON CONFLICT DO NOTHING;
    PERFORM allowance_lock(v_old || v_new, p_now);
    UPDATE allowance AS a SET used = a.used + former.used, held = a.held + former.held
    FROM unnest(v_old, v_new) AS m (old_key, new_key) JOIN allowance AS former ON former.key = m.old_key
    WHERE a.key = m.new_key;
    UPDATE allowance AS a SET used = 0, held = 0 WHERE a.key = ANY (v_old);
    UPDATE allowance_claim AS c SET key = m.new_key FROM unnest(v_old, v_new) AS m (old_key, new_key)
    WHERE c.key = m.old_key AND c.is_counted;
    UPDATE allowance_moved AS told SET new_key = m.new_key FROM unnest(v_old, v_new) AS m (old_key, new_key)
    WHERE told.new_key = m.old_key;
    INSERT INTO allowance_moved (old_key, new_key) SELECT * FROM unnest(v_old, v_new)
    ON CONFLICT (old_key) DO UPDATE SET new_key = excluded.new_key;
    RETURN cardinality(v_old);
END $$;

-- Let a reservation's claims follow the keys that moved since they were made.
CREATE OR REPLACE FUNCTION allowance_follow(p_reservation uuid) RETURNS void LANGUAGE sql AS $$
    UPDATE allowance_claim AS c SET key = m.new_key FROM allowance_moved AS m
    WHERE c.reservation_id = p_reservation AND m.old_key = c.key
$$;

-- The keys as they are called now; NULL stays NULL.
CREATE OR REPLACE FUNCTION allowance_current(p_keys text[]) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_keys IS NOT NULL THEN coalesce((
        SELECT array_agg(coalesce(m.new_key, given.key) ORDER BY given.place)
        FROM unnest(p_keys) WITH ORDINALITY AS given (key, place)
        LEFT JOIN allowance_moved AS m ON m.old_key = given.key), '{}') END
$$;
