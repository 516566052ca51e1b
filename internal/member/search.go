package member

import (
	"context"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member/query"
	"github.com/paceline/paceline/internal/page"
	"github.com/paceline/paceline/internal/privacy"
)

// minSearch is how many characters a search starts at, so that the directory
// can't be read letter by letter.
const minSearch = 3

// found is where a member stands in a search: by the name that matches, then by username. It is
// what a cursor holds.
type found struct {
	Name     string `json:"n"`
	Username string `json:"u"`
}

// Search lists the members whom the viewer can find and whose username, or else
// display name where the viewer may see it, starts with the text, by the name that
// does. Case, width and spaces don't matter; every other character is itself. It
// gives fault.Invalid for fewer than three characters. r.Filter is set here. The
// first page takes one round trip; only a viewer who is known opens a cursor.
func (s *Service) Search(ctx context.Context, c db.Caller, text string, r page.Request) (page.Page[Summary], error) {
	prefix := SearchName(text)
	if !validText(text) || utf8.RuneCountInString(prefix) < minSearch {
		return page.Page[Summary]{}, fault.Invalid("search_too_short", "a search starts at three characters",
			fault.At("?q", "search_too_short", "give three characters or more"))
	}
	r.Filter = prefix
	read := s.db.Read
	if r.Cursor != "" {
		read = s.db.AsViewer
	}
	var out page.Page[Summary]
	err := read(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		after, _, err := page.After[found](s.ring, tx.Viewer(), r)
		if err != nil {
			return err
		}
		rows, err := query.New(tx).SearchMembers(ctx, query.SearchMembersParams{
			Low: prefix, High: upperBound(prefix), AfterName: after.Name, AfterUsername: after.Username, Most: limit(r),
		})
		if err != nil {
			return err
		}
		type hit struct {
			Summary
			at found
		}
		hits := make([]hit, 0, len(rows))
		for _, row := range rows {
			m, err := summarizeSeen(tx, row)
			if err != nil {
				return err
			}
			at := found{Name: row.Username, Username: row.Username}
			if !strings.HasPrefix(row.Username, prefix) {
				if !m.Grant.Shows(privacy.DisplayName) || row.SearchName == nil || !strings.HasPrefix(*row.SearchName, prefix) {
					return db.ErrDisagree
				}
				at.Name = *row.SearchName
			}
			hits = append(hits, hit{m, at})
		}
		cut, err := page.Cut(s.ring, tx.Viewer(), r, hits, func(h hit) found { return h.at })
		for _, h := range cut.Items {
			out.Items = append(out.Items, h.Summary)
		}
		out.Next = cut.Next
		return err
	})
	return out, err
}

// limit is one more than a page, which tells whether there is a next one.
func limit(r page.Request) int32 { return int32(min(r.Limit, 1000)) + 1 } //nolint:gosec // bounded by min

// SearchName folds a display name for search: lower case, compatible forms alike
// (NFKC), one space where there are several.
func SearchName(displayName string) string {
	lower := strings.ToLower(norm.NFKC.String(displayName))
	return strings.Join(strings.Fields(norm.NFKC.String(lower)), " ")
}

// longestName is more characters than any name has once it is folded: of the 50 that
// are typed each becomes 18 at most (U+FDFA).
const longestName = 1000

// upperBound is the least text above all that start with prefix, in the order
// of code points, which is that of COLLATE "C".
func upperBound(prefix string) string {
	runes := []rune(prefix)
	for i := len(runes) - 1; i >= 0; i-- {
		next := runes[i] + 1
		if next >= 0xD800 && next <= 0xDFFF {
			next = 0xE000 // no text holds a surrogate
		}
		if next <= utf8.MaxRune {
			return string(runes[:i]) + string(next)
		}
	}
	// Only the last code point, repeated: what starts so is above everything, and shorter than this.
	return strings.Repeat(string(utf8.MaxRune), longestName+1)
}

// validText says whether PostgreSQL can hold the text.
func validText(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsRune(text, 0)
}

// summarizeSeen makes an entry of a row that has no key, since nothing is sealed in
// it, and of the names only those that show.
func summarizeSeen(tx *db.Tx, row query.MemberSeen) (Summary, error) {
	m, err := summarize(tx, query.ReadSummaryRow{
		Username: row.Username, HasAvatar: row.HasAvatar,
		Subject: query.Subject{
			MemberID: row.MemberID, Private: row.Private, Minor: row.Minor, Discoverability: row.Discoverability,
			Audiences: row.Audiences, Edge: row.Edge, SeenBy: row.SeenBy,
		},
	})
	m.DisplayName = privacy.GuardOptional(row.MemberID, privacy.DisplayName, privacy.Everyone, row.DisplayName)
	return m, err
}
