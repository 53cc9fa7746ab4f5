-- The event log and the order in which subscriptions read it.
--
-- `txid` is the number of the transaction that recorded the event. A reader takes events below the oldest
-- transaction still running (`event_border()`), in the order (txid, position): a transaction that commits late
-- has a number above the border of everybody who read before, so it is never skipped.
-- A database restored into another cluster starts counting transactions anew; `event_txid_offset()` lifts its
-- numbers above those in the log (see `events.actions.prepare_log`).

CREATE SEQUENCE event_position_seq AS bigint CACHE 1;

CREATE FUNCTION event_txid_offset() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT 0::bigint';
CREATE FUNCTION event_txid() RETURNS bigint LANGUAGE sql STABLE PARALLEL UNSAFE
    AS 'SELECT pg_current_xact_id()::text::bigint + event_txid_offset()';
CREATE FUNCTION event_border() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    AS 'SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + event_txid_offset()';

CREATE TABLE event (
    id uuid NOT NULL PRIMARY KEY,
    position bigint NOT NULL DEFAULT nextval('event_position_seq'),
    txid bigint NOT NULL DEFAULT event_txid(),
    lane smallint NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    shop_id integer NOT NULL,
    customer_id uuid,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    data jsonb NOT NULL,
    cause_id uuid,
    depth smallint NOT NULL DEFAULT 0 CHECK (depth BETWEEN 0 AND 64),
    source text NOT NULL DEFAULT '',
    source_id text
) PARTITION BY RANGE (id);

-- Delivery reads one lane in order; the name decides inside the index whether the row is fetched at all.
CREATE INDEX event_delivery ON event (lane, txid, position, name);
-- A customer's history, newest first.
CREATE INDEX event_customer ON event (customer_id, id DESC) WHERE customer_id IS NOT NULL;
-- What an event led to.
CREATE INDEX event_cause ON event (cause_id) WHERE cause_id IS NOT NULL;

-- Catches whatever no month was made for, so that recording never fails.
CREATE TABLE event_default PARTITION OF event DEFAULT;
