-- name: ReadWorkout :one
-- One statement brings the workout, its owner as a subject of the policy, the
-- owner's name and all four parts.
SELECT w.member_id, w.id, w.audience, w.sport, w.indoor, w.title, w.started_at, w.duration_s, w.moving_s,
       w.distance_m, w.calories_kcal, w.output_kj, w.source, w.created_at, w.updated_at,
       sqlc.embed(s),
       p.username, p.display_name, (a.member_id IS NOT NULL)::boolean AS has_avatar,
       effort.channels AS effort_channels, effort.summary_sealed AS effort_sealed,
       heart.channels AS heart_channels, heart.summary_sealed AS heart_sealed,
       route.channels AS route_channels, route.summary_sealed AS route_sealed,
       device.summary_sealed AS device_sealed
FROM workout w
JOIN subject s ON s.member_id = w.member_id
LEFT JOIN profile p ON p.member_id = w.member_id
LEFT JOIN avatar a ON a.member_id = w.member_id
LEFT JOIN workout_part effort ON effort.member_id = w.member_id AND effort.workout_id = w.id AND effort.family = 'effort'
LEFT JOIN workout_part heart ON heart.member_id = w.member_id AND heart.workout_id = w.id AND heart.family = 'heart_rate'
LEFT JOIN workout_part route ON route.member_id = w.member_id AND route.workout_id = w.id AND route.family = 'route'
LEFT JOIN workout_part device ON device.member_id = w.member_id AND device.workout_id = w.id AND device.family = 'device'
WHERE w.id = $1;
