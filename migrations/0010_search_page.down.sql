DROP FUNCTION search_page(text, text, text, text, integer);
DROP VIEW member_seen;
