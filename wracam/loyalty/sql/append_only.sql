-- History is append-only: the database itself refuses to change or delete what was posted.
-- Where the application's role does not own the tables, the life cycle also revokes UPDATE and DELETE.
CREATE OR REPLACE FUNCTION point_history_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: post a reversing transfer instead', TG_TABLE_NAME USING ERRCODE = 'WR002';
END $$;

CREATE OR REPLACE TRIGGER point_transfer_is_append_only BEFORE UPDATE OR DELETE ON point_transfer
    FOR EACH ROW EXECUTE FUNCTION point_history_is_immutable();
CREATE OR REPLACE TRIGGER point_lot_allocation_is_append_only BEFORE UPDATE OR DELETE ON point_lot_allocation
    FOR EACH ROW EXECUTE FUNCTION point_history_is_immutable();
CREATE OR REPLACE TRIGGER point_seal_is_append_only BEFORE UPDATE OR DELETE ON point_seal
    FOR EACH ROW EXECUTE FUNCTION point_history_is_immutable();

-- Balances are updated in place with every transfer: leave room on the page, so that no index is touched.
ALTER TABLE point_balance SET (fillfactor = 70);
ALTER TABLE point_lot SET (fillfactor = 85);
