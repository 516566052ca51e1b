package member_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/db"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/member"
	"github.com/paceline/paceline/internal/privacy"
)

func TestFollowIsAsking(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, ben := w.Add("ada", found(privacy.FoundByEveryone)), w.Add("ben")
	relation := func() privacy.Grant {
		_, g, err := w.Read(w.ctx(), ben.Caller, "ada")
		w.must(err)
		return g
	}
	follow := func(want member.FollowState) {
		t.Helper()
		state, err := w.Follow(w.ctx(), ben.Caller, ada.ID)
		w.must(err)
		if state != want {
			t.Errorf("the state is %s, want %s", state, want)
		}
	}
	follow(member.Requested)
	follow(member.Requested)
	if g := relation(); g.Relation() != privacy.RelationMember || !g.Edge().Has(privacy.EdgeAsked) {
		t.Errorf("asking made him %s", g.Relation())
	}
	w.must(w.Approve(w.ctx(), ada.Caller, ben.ID))
	w.must(w.Approve(w.ctx(), ada.Caller, ben.ID))
	follow(member.IsFollowing)
	if g := relation(); g.Relation() != privacy.RelationFollower {
		t.Errorf("approved, he is %s", g.Relation())
	}
	w.must(w.RemoveFollower(w.ctx(), ada.Caller, ben.ID))
	if g := relation(); g.Relation() != privacy.RelationMember {
		t.Errorf("removed, he is %s", g.Relation())
	}
	w.notFound("approving without a request", w.Approve(w.ctx(), ada.Caller, ben.ID))
	w.notFound("approving one's own", w.Approve(w.ctx(), ben.Caller, ada.ID))
	_, err := w.Follow(w.ctx(), ada.Caller, ada.ID)
	w.refused("following oneself", err, fault.KindUnprocessable, "yourself")
	w.refused("blocking oneself", w.Block(w.ctx(), ada.Caller, ada.ID), fault.KindUnprocessable, "yourself")
	for name, err := range map[string]error{
		"unfollowing oneself": w.Unfollow(w.ctx(), ada.Caller, ada.ID),
		"approving oneself":   w.Approve(w.ctx(), ada.Caller, ada.ID),
		"removing oneself":    w.RemoveFollower(w.ctx(), ada.Caller, ada.ID),
		"unblocking oneself":  w.Unblock(w.ctx(), ada.Caller, ada.ID),
	} {
		w.notFound(name, err)
	}
	for name, err := range map[string]error{
		"unfollow": w.Unfollow(w.ctx(), w.Anonymous, ada.ID), "block": w.Block(w.ctx(), w.Anonymous, ada.ID),
	} {
		w.refused("anonymous: "+name, err, fault.KindUnauthenticated, "login_required")
	}
}

// Nothing to undo is done already, for whom one can find.
func TestUndoingNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, ben := w.Add("ada"), w.Add("ben")
	w.must(w.Unfollow(w.ctx(), ada.Caller, ben.ID))
	w.must(w.RemoveFollower(w.ctx(), ada.Caller, ben.ID))
	w.must(w.Unblock(w.ctx(), ada.Caller, ben.ID))
	// Whom one follows one can leave, even when they have hidden since.
	w.Approved(ada, ben)
	w.exec(`UPDATE member SET discoverability = 0 WHERE id = $1`, ben.ID)
	_, err := w.Follow(w.ctx(), ada.Caller, ben.ID)
	w.notFound("following the hidden", err)
	w.must(w.Unfollow(w.ctx(), ada.Caller, ben.ID))
	w.notFound("leaving the hidden twice", w.Unfollow(w.ctx(), ada.Caller, ben.ID))
}

func TestBlockBindsTheNextRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, dan := w.Add("ada", found(privacy.FoundByEveryone)), w.Add("dan", found(privacy.FoundByEveryone))
	w.Approved(dan, ada)
	w.Approved(ada, dan)
	w.must(w.Block(w.ctx(), ada.Caller, dan.ID))
	w.must(w.Block(w.ctx(), ada.Caller, dan.ID))
	_, _, err := w.Read(w.ctx(), dan.Caller, "ada")
	w.notFound("dan reads ada", err)
	_, _, err = w.Read(w.ctx(), ada.Caller, "dan")
	w.notFound("ada reads dan", err)
	if got := w.search(dan.Caller, "ada"); len(got) != 0 {
		t.Errorf("dan finds %v", got)
	}
	w.notFound("lifting another's block", w.Unblock(w.ctx(), dan.Caller, ada.ID))
	w.must(w.Unblock(w.ctx(), ada.Caller, dan.ID))
	_, g, err := w.Read(w.ctx(), dan.Caller, "ada")
	w.must(err)
	if g.Relation() != privacy.RelationMember {
		t.Errorf("after the block dan is %s again", g.Relation())
	}
}

// A block by id answers alike for who hides, for who blocked first and for nobody:
// in what it says, in the list, and once the account has ended.
func TestBlockTellsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, dan := w.Add("ada", found(privacy.FoundByEveryone)), w.Add("dan", found(privacy.FoundByEveryone))
	hidden := w.Add("hidden", found(privacy.FoundByNobody))
	nobody := uuid.New()
	w.must(w.Block(w.ctx(), dan.Caller, ada.ID))
	for i, id := range []uuid.UUID{hidden.ID, dan.ID, nobody} {
		w.must(w.Block(w.ctx(), ada.At(noon.Add(time.Duration(i)*time.Minute)), id))
		w.must(w.Block(w.ctx(), ada.Caller, id))
	}
	list := func() (ids []uuid.UUID, names int) {
		t.Helper()
		p, g, err := w.Blocks(w.ctx(), ada.Caller, first(10))
		w.must(err)
		for _, b := range p.Items {
			id, _ := b.ID.Open(g)
			ids = append(ids, id)
			if _, named := b.Username.Open(g); named {
				names++
			}
		}
		return ids, names
	}
	if ids, names := list(); !slices.Equal(ids, []uuid.UUID{nobody, dan.ID, hidden.ID}) || names != 0 {
		t.Errorf("%v are listed, %d by name", ids, names)
	}
	// It holds: the hidden finds ada no more, and lifting it lifts no other's.
	_, _, err := w.Read(w.ctx(), hidden.Caller, "ada")
	w.notFound("the blocked reads", err)
	w.must(w.Unblock(w.ctx(), ada.Caller, dan.ID))
	_, _, err = w.Read(w.ctx(), ada.Caller, "dan")
	w.notFound("who blocked first is read", err)
	// Who ends their account does not vanish from the list of who never saw them.
	w.must(w.Block(w.ctx(), hidden.Caller, ada.ID))
	w.must(w.open.AsAccount(w.ctx(), hidden.Caller, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT forget_edges()`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM member WHERE id = $1`, hidden.ID)
		return err
	}))
	if ids, names := list(); !slices.Equal(ids, []uuid.UUID{nobody, hidden.ID}) || names != 0 {
		t.Errorf("at the end %v are listed, %d by name", ids, names)
	}
	w.must(w.Unblock(w.ctx(), ada.Caller, hidden.ID))
	w.must(w.Unblock(w.ctx(), ada.Caller, nobody))
	if ids, _ := list(); len(ids) != 0 {
		t.Errorf("%v are left", ids)
	}
	if left, err := edges(w.ctx(), w); err != nil || len(left) != 2 { // those between ada and dan, who blocked her
		t.Errorf("left are %v, %v", left, err)
	}
}

func TestRequestsAreTheOldestFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.Add("ada")
	var want []string
	for i := range 5 {
		p := w.Add(fmt.Sprintf("asker%d", i), found(privacy.FoundByNobody))
		_, err := w.Follow(w.ctx(), p.At(noon.Add(-time.Duration(i)*time.Minute)), ada.ID)
		w.must(err)
		want = append([]string{p.Name}, want...)
	}
	r := first(2)
	var got []string
	for {
		p, err := w.Requests(w.ctx(), ada.Caller, r)
		w.must(err)
		got = append(got, usernames(p)...)
		if r.Cursor = p.Next; r.Cursor == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	_, err := w.Requests(w.ctx(), w.Anonymous, first(2))
	w.refused("anonymous", err, fault.KindUnauthenticated, "login_required")
}

func TestBlocksAreTheLatestFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.Add("ada")
	var want []string
	for i := range 5 {
		p := w.Add(fmt.Sprintf("pest%d", i))
		w.must(w.Block(w.ctx(), ada.At(noon.Add(-time.Duration(i)*time.Minute)), p.ID))
		want = append(want, p.Name)
	}
	w.must(w.Block(w.ctx(), w.Add("rex").Caller, ada.ID)) // who blocked her is not in her list
	r := first(2)
	var got []string
	for {
		p, g, err := w.Blocks(w.ctx(), ada.Caller, r)
		w.must(err)
		for _, b := range p.Items {
			name, _ := b.Username.Open(g)
			got = append(got, name)
		}
		if r.Cursor = p.Next; r.Cursor == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Lists have full pages, each entry once.
func TestConnectionPagesAreFull(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, cleo := w.Add("ada", showing(privacy.Members, privacy.FollowersList)), w.Add("cleo")
	var want []string
	for i := range 10 {
		p := w.Add(fmt.Sprintf("fan%d", i))
		w.Approved(p, ada)
		if i%2 == 0 {
			w.exec(`UPDATE member SET discoverability = 1 WHERE id = $1`, p.ID)
			continue
		}
		want = append(want, p.Name)
	}
	r := first(2)
	var got []string
	for {
		p, err := w.Followers(w.ctx(), cleo.Caller, "ada", r)
		w.must(err)
		if p.Next != "" && len(p.Items) != 2 {
			t.Errorf("a page of %d", len(p.Items))
		}
		got = append(got, usernames(p)...)
		if r.Cursor = p.Next; r.Cursor == "" {
			break
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func edges(ctx context.Context, w *world) (map[[2]uuid.UUID]privacy.Edge, error) {
	rows, err := w.super.Query(ctx, `SELECT member_id, other_id, bits FROM edge`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[[2]uuid.UUID]privacy.Edge{}
	for rows.Next() {
		var one, two uuid.UUID
		var bits int16
		if err := rows.Scan(&one, &two, &bits); err != nil {
			return nil, err
		}
		out[[2]uuid.UUID{one, two}] = privacy.Edge(bits)
	}
	return out, rows.Err()
}

// Steps at once from both sides end in one of the states that some order of them
// gives, and both sides mirror.
func TestStepsAtOnceMirror(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, ben := w.Add("ada"), w.Add("ben")
	for range 10 {
		var all sync.WaitGroup
		for _, step := range []func() error{
			func() error { _, err := w.Follow(w.ctx(), ada.Caller, ben.ID); return err },
			func() error { _, err := w.Follow(w.ctx(), ben.Caller, ada.ID); return err },
			func() error { return w.Approve(w.ctx(), ada.Caller, ben.ID) },
			func() error { return w.Approve(w.ctx(), ben.Caller, ada.ID) },
			func() error { return w.Block(w.ctx(), ada.Caller, ben.ID) },
			func() error { return w.Unblock(w.ctx(), ada.Caller, ben.ID) },
		} {
			all.Go(func() {
				if err := step(); err != nil && fault.KindOf(err) != fault.KindNotFound {
					t.Errorf("%v (%v)", err, errors.Unwrap(err))
				}
			})
		}
		all.Wait()
		got, err := edges(w.ctx(), w)
		w.must(err)
		mine, theirs := got[[2]uuid.UUID{ada.ID, ben.ID}], got[[2]uuid.UUID{ben.ID, ada.ID}]
		for bit, mirror := range map[privacy.Edge]privacy.Edge{
			privacy.EdgeFollower: privacy.EdgeFollows, privacy.EdgeAsked: privacy.EdgeAsks, privacy.EdgeBlocks: privacy.EdgeBlocked,
			privacy.EdgeBlocked: privacy.EdgeBlocks, privacy.EdgeFollows: privacy.EdgeFollower, privacy.EdgeAsks: privacy.EdgeAsked,
		} {
			if mine.Has(bit) != theirs.Has(mirror) {
				t.Fatalf("the sides are %06b and %06b", mine, theirs)
			}
		}
		if mine.Has(privacy.EdgeBlocks) && mine&^privacy.EdgeBlocks != 0 {
			t.Errorf("a block left %06b", mine)
		}
	}
}

// A step that meets another one of the pair half way waits for it, and goes on
// from what it left: a request that is approved while it is blocked makes no
// follower.
func TestStepsOfAPairTakeTurns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, ben := w.Add("ada"), w.Add("ben")
	_, err := w.Follow(w.ctx(), ben.Caller, ada.ID)
	w.must(err)
	approved := make(chan error, 1)
	w.must(w.open.AsViewer(w.ctx(), ada.Caller, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT block_member($1, $2)`, ben.ID, noon); err != nil {
			return err
		}
		go func() { approved <- w.Approve(w.ctx(), ada.Caller, ben.ID) }()
		select {
		case err := <-approved:
			return fmt.Errorf("it did not wait: %w", err)
		case <-time.After(100 * time.Millisecond):
			return nil
		}
	}))
	w.notFound("approving whom one has blocked", <-approved)
	got, err := edges(w.ctx(), w)
	w.must(err)
	if bits := got[[2]uuid.UUID{ada.ID, ben.ID}]; bits != privacy.EdgeBlocks {
		t.Errorf("the edge is %06b", bits)
	}
}

// Who follows an account that is ending finds none, and leaves no edge to it.
func TestFollowingAnEndingAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, ben := w.Add("ada"), w.Add("ben")
	w.Approved(ada, ben)
	followed := make(chan error, 1)
	w.must(w.open.AsAccount(w.ctx(), ada.Caller, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT forget_edges()`); err != nil {
			return err
		}
		go func() {
			_, err := w.Follow(w.ctx(), ben.Caller, ada.ID)
			followed <- err
		}()
		time.Sleep(100 * time.Millisecond)
		_, err := tx.Exec(ctx, `DELETE FROM member WHERE id = $1`, ada.ID)
		return err
	}))
	w.notFound("following who has gone", <-followed)
	left, err := edges(w.ctx(), w)
	w.must(err)
	if len(left) != 0 {
		t.Errorf("left are %v", left)
	}
}
