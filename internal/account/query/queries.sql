-- name: SeenBy :one
SELECT seen_by() AS seen_by;
