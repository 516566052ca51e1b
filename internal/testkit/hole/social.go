package hole

// social: likes, comments, and what members are told of.
func social() []Hole {
	const (
		step    = "migrations/0027_social.up.sql"
		notices = "internal/notice/query/queries.sql.gen.go"
	)
	return []Hole{
		{
			"notice-of-what-is-closed", "A notice shows though its reader can't open what it is about.",
			[]Edit{
				{step, "LANGUAGE plpgsql STABLE ROWS 1 SET search_path", "LANGUAGE plpgsql STABLE ROWS 1 SECURITY DEFINER SET search_path"},
				{"internal/notice/inbox/inbox.go", "if !owner.ShowsWithin(rule.Field, audience) {", "if audience > privacy.Everyone {"},
				{"internal/notice/inbox/inbox.go", "privacy.GuardWithin(owner.Owner(), rule.Field, audience, Thing{", "privacy.GuardWithin(owner.Owner(), privacy.Username, privacy.Everyone, Thing{"},
			},
			Test{"internal/notice/inbox", "^TestANoticeShowsWhileItsThingDoes$"},
		},
		at("greeting-told-when-hidden", "A high-five is told of by somebody who doesn't see the ride any more, or took it back.",
			step, " AND w.member_id = viewer AND is_greeted(part, actor)", " AND w.member_id = viewer",
			"internal/httpapi", "^TestHighFives$"),
		at("challenge-told-to-all", "The end of a challenge is told to who takes no part any more.",
			step, " JOIN challenge_participation p ON p.challenge_id = c.id\n            WHERE c.id = object AND p.member_id = viewer;", " WHERE c.id = object;",
			"internal/group", "^TestTheEndOfAChallengeIsTold$"),
		at("access-untold", "Staff read somebody's values who isn't told of it where they look.",
			"internal/staff/access.go", "return answer, notice.Add(ctx, tx, notice.Notice{To: a.Member,", "return answer, notice.Add(ctx, tx, notice.Notice{To: tx.Viewer().Member(),",
			"internal/httpapi", "^TestStaffReadByAccessGrantsOnly$"),
		at("unread-counts-what-is-hidden", "The number of unread notices counts those that don't show.",
			notices, "        CROSS JOIN LATERAL notice_thing(n.kind, n.actor_id, n.object_id, n.part_id) AS t\n        JOIN profile p",
			"        JOIN profile p", "internal/notice/inbox", "^TestANoticeShowsWhileItsThingDoes$"),
		at("notice-marked-unseen", "A notice that doesn't show can be told from none by deleting it.",
			"internal/notice/inbox/inbox.go", "if err == nil && len(found) == 0 {", "if err == nil && len(found) > 1 {",
			"internal/notice/inbox", "^TestAHiddenNoticeIsNone$"),
		at("likes-count-the-unfindable", "The number of likes counts those whom the viewer can't find.",
			step, "AND found_by(viewer, l.member_id, m.discoverability, mine.bits)", "",
			"internal/social", "^TestLikesAreOfWhomOneFinds$"),
		at("heard-after-removal", "Who may not see a workout any more is still heard below it.",
			step, "greatest(lowest_by(who, w.member_id, e.bits), lowest", "greatest(least(lowest_by(who, w.member_id, e.bits), 0), lowest",
			"internal/social", "^TestCommentsAreHeardByWhomTheyAreFor$"),
		at("reach-told-to-anybody", "The database says of others that they see a workout, to who doesn't.",
			step, ", lowest_by(viewer_id(), w.member_id, mine.bits))", ")",
			"internal/db", "^TestWhatIsClosedTellsNothing$"),
		at("hiding-told-to-anybody", "The database says that a comment is hidden, to who doesn't see the workout.",
			step, " AND reaches_workout(viewer_id(), w.id));", ");",
			"internal/db", "^TestWhatIsClosedTellsNothing$"),
		at("hidden-comment-is-read", "A comment that the workout's owner hides is read by everybody.",
			step, "RETURN EXISTS (SELECT FROM workout w JOIN comment_hidden h", "RETURN false AND EXISTS (SELECT FROM workout w JOIN comment_hidden h",
			"internal/social", "^TestCommentsAreHeardByWhomTheyAreFor$"),
		at("comment-unseen", "Somebody whom the owner can't find writes below their workout.",
			"internal/social/write.go", "if !found {", "if !found && false {", "internal/social", "^TestNobodyCommentsUnseen$"),
		at("comment-stays-unseen", "Who lost sight of a workout can't take back what they wrote below it.",
			"internal/social/query/queries.sql.gen.go", "DELETE FROM workout_comment WHERE member_id = viewer_id() AND id = $1",
			"DELETE FROM workout_comment c USING workout w WHERE c.member_id = viewer_id() AND c.id = $1 AND w.id = c.workout_id",
			"internal/social", "^TestWhatOneSaidIsTakenBackUnseen$"),
		at("like-stays-unseen", "Who lost sight of a workout can't take their like back.",
			"internal/social/query/queries.sql.gen.go", "DELETE FROM workout_like WHERE member_id = viewer_id() AND workout_id = $1",
			"DELETE FROM workout_like l USING workout w WHERE l.member_id = viewer_id() AND w.id = l.workout_id AND w.id = $1",
			"internal/social", "^TestWhatOneSaidIsTakenBackUnseen$"),
	}
}
