DROP TABLE auth.staff_role;
