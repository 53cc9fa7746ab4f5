-- The ledger of stored value is append-only: the database itself refuses to change or delete what was posted.
CREATE OR REPLACE FUNCTION stored_value_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: post a movement the other way instead', TG_TABLE_NAME USING ERRCODE = 'WR002';
END $$;

CREATE OR REPLACE TRIGGER stored_value_transfer_is_append_only BEFORE UPDATE OR DELETE ON stored_value_transfer
    FOR EACH ROW EXECUTE FUNCTION stored_value_is_immutable();
ALTER TABLE stored_value SET (fillfactor = 85);
