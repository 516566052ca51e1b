-- Who holds which duty. Nobody does until an operator says so on the server
-- itself: paceline admin create.

CREATE TABLE auth.staff_role (
    member_id  uuid NOT NULL REFERENCES public.member ON DELETE CASCADE,
    role       text NOT NULL CHECK (role IN ('class_manager', 'support', 'moderator', 'admin')),
    granted_at timestamptz NOT NULL,
    PRIMARY KEY (member_id, role)
);
COMMENT ON TABLE auth.staff_role IS 'class: internal. Duties of staff';
COMMENT ON COLUMN auth.staff_role.member_id IS 'class: internal';
COMMENT ON COLUMN auth.staff_role.role IS 'class: internal';
COMMENT ON COLUMN auth.staff_role.granted_at IS 'class: internal';
GRANT SELECT, INSERT ON auth.staff_role TO paceline_auth;
