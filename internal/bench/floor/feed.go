package floor

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// pageSize is the contract's default.
const pageSize = 20

type listBody struct {
	Items      []*workoutBody `json:"items"`
	NextCursor *string        `json:"next_cursor,omitempty"`
}

// readFeed is the naive feed: all workouts of all that are followed, the newest first. One more than
// a page tells whether there is another.
const readFeed = columns + `
FROM floor.follow f
JOIN floor.workout w ON w.owner_id = f.owner_id
JOIN floor.owner o ON o.id = w.owner_id
LEFT JOIN floor.block b ON b.blocker_id = w.owner_id AND b.blocked_id = $1
WHERE f.follower_id = $1 AND w.audience >= 1 AND b.blocker_id IS NULL
ORDER BY w.started_at DESC, w.id DESC
LIMIT $2`

func (s *server) feed(w http.ResponseWriter, r *http.Request) {
	viewer, err := uuid.Parse(r.Header.Get(Header))
	if err != nil {
		http.Error(w, "who asks?", http.StatusBadRequest)
		return
	}
	rows, err := s.pool.Query(r.Context(), readFeed, [16]byte(viewer), pageSize+1)
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	defer rows.Close()
	body := listBody{Items: make([]*workoutBody, 0, pageSize)}
	for rows.Next() {
		var found record
		if err := found.scan(rows); err != nil {
			http.Error(w, "internal error", http.StatusInternalServerError)
			return
		}
		if len(body.Items) == pageSize {
			last := body.Items[pageSize-1]
			body.NextCursor = cursor(last.StartedAt.Format(time.RFC3339) + last.ID.String())
			continue
		}
		if item := found.answer(viewer); item != nil {
			body.Items = append(body.Items, item)
		}
	}
	if rows.Err() != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	send(w, body)
}

func cursor(position string) *string {
	text := base64.RawURLEncoding.EncodeToString([]byte(position))
	return &text
}

type membersBody struct {
	Items      []summary `json:"items"`
	NextCursor *string   `json:"next_cursor,omitempty"`
}

// searchMembers is a prefix search by a parameterised LIKE. Names that begin alike are the
// username's alone: the bench asks for no others.
const searchMembers = `SELECT o.id, o.username, o.display_name, o.private, o.display_name_audience, f.owner_id IS NOT NULL
FROM floor.owner o
LEFT JOIN floor.follow f ON f.follower_id = $1 AND f.owner_id = o.id
LEFT JOIN floor.block b ON b.blocker_id = o.id AND b.blocked_id = $1
WHERE o.username LIKE $2 AND (o.discoverability >= 2 OR o.discoverability = 1 AND f.owner_id IS NOT NULL OR o.id = $1) AND b.blocker_id IS NULL
ORDER BY o.username
LIMIT $3`

func (s *server) search(w http.ResponseWriter, r *http.Request) {
	viewer, err := uuid.Parse(r.Header.Get(Header))
	if err != nil {
		http.Error(w, "who asks?", http.StatusBadRequest)
		return
	}
	rows, err := s.searching(r).Query(r.Context(), searchMembers, [16]byte(viewer), r.URL.Query().Get("q")+"%", pageSize+1)
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	defer rows.Close()
	body := membersBody{Items: make([]summary, 0, pageSize)}
	for rows.Next() {
		var m summary
		var name string
		var private, follows bool
		var audience int16
		if err := rows.Scan((*[16]byte)(&m.ID), &m.Username, &name, &private, &audience, &follows); err != nil {
			http.Error(w, "internal error", http.StatusInternalServerError)
			return
		}
		if private {
			audience = min(audience, followers)
		}
		if m.ID == viewer || audience >= members || audience == followers && follows {
			m.DisplayName = &name
		}
		if len(body.Items) == pageSize {
			body.NextCursor = cursor(body.Items[pageSize-1].Username)
			continue
		}
		body.Items = append(body.Items, m)
	}
	if rows.Err() != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	send(w, body)
}

// points is how many samples a chart asks for.
func points(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("points"))
	if err != nil {
		return 1000
	}
	return n
}
