package group_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/testkit"
)

// scene is a world with a few members and what they do in groups.
type scene struct {
	*testkit.World
	t *testing.T
}

func start(t *testing.T) scene {
	t.Helper()
	return scene{testkit.Start(t), t}
}

// make has somebody make a group, and gives its path.
func (s scene) make(p *testkit.Person, kind string) string {
	s.t.Helper()
	made := p.Do(http.MethodPost, "/v1/groups", map[string]any{"kind": kind, "name": "Dawn " + kind}).Want(s.t, http.StatusCreated)
	return "/v1/groups/" + fmt.Sprint(made.Map(s.t)["id"])
}

// invite is the secret of a new invite.
func (s scene) invite(p *testkit.Person, group string, most int) (code, path string) {
	s.t.Helper()
	made := p.Do(http.MethodPost, group+"/invites", map[string]any{"most": most, "days": 2}).Want(s.t, http.StatusCreated).Map(s.t)
	return fmt.Sprint(made["code"]), "/v1/group-invites/" + fmt.Sprint(made["id"])
}

func (s scene) accept(p *testkit.Person, code string, want int) {
	s.t.Helper()
	p.Do(http.MethodPost, "/v1/group-invites", map[string]any{"code": code}).Want(s.t, want)
}

// enter lets somebody in by an invite.
func (s scene) enter(owner, p *testkit.Person, group string) {
	s.t.Helper()
	code, _ := s.invite(owner, group, 1)
	s.accept(p, code, http.StatusOK)
}

// membership is the path of somebody's membership, as one of the lists of the group shows it to who asks; "" if none does.
func (s scene) membership(as *testkit.Person, group, list string, of *testkit.Person) string {
	s.t.Helper()
	items, _ := as.Get(group+"/"+list+"?limit=100").Want(s.t, http.StatusOK).Map(s.t)["items"].([]any)
	for _, item := range items {
		entry, _ := item.(map[string]any)
		who, _ := entry["member"].(map[string]any)
		if who["id"] == of.ID {
			return "/v1/group-memberships/" + fmt.Sprint(entry["id"])
		}
	}
	return ""
}

func (s scene) role(as *testkit.Person, membership, role string, want int) {
	s.t.Helper()
	as.Do(http.MethodPatch, membership, map[string]any{"role": role}).Want(s.t, want)
}

// hidden holds that a group, and all that is in it, is for somebody what an id is that never was, to the byte.
func (s scene) hidden(p *testkit.Person, group string) {
	s.t.Helper()
	never := "/v1/groups/" + uuid.Must(uuid.NewV7()).String()
	for _, path := range []string{"", "/members", "/requests", "/bans", "/invites"} {
		got := p.Get(group+path).Want(s.t, http.StatusNotFound)
		if differ := got.Same(p.Get(never + path)); differ != "" {
			s.t.Errorf("%s%s tells %s that it is there: %s", group, path, p.Name, differ)
		}
	}
	for _, write := range []struct{ method, path string }{{http.MethodPut, "/membership"}, {http.MethodDelete, "/membership"}, {http.MethodDelete, ""}, {http.MethodPut, "/owner"}} {
		got := p.Do(write.method, group+write.path, nil).Want(s.t, http.StatusNotFound)
		if differ := got.Same(p.Do(write.method, never+write.path, nil)); differ != "" {
			s.t.Errorf("%s %s%s tells %s that it is there: %s", write.method, group, write.path, p.Name, differ)
		}
	}
}

func names(t *testing.T, r testkit.Response) string {
	t.Helper()
	var all []string
	items, _ := r.Want(t, http.StatusOK).Map(t)["items"].([]any)
	for _, item := range items {
		entry, _ := item.(map[string]any)
		all = append(all, fmt.Sprint(entry["name"]))
	}
	return strings.Join(all, ", ")
}

// Each kind says who finds a group, who sees it, and how one gets in.
func TestKindsSayWhoFindsSeesAndJoins(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, ben, cleo := s.Join("ada"), s.Join("ben"), s.Join("cleo")
	public, listed, unlisted, secret := s.make(ada, "public"), s.make(ada, "listed"), s.make(ada, "unlisted"), s.make(ada, "secret")
	if got := names(t, ben.Get("/v1/groups?q=DAWN")); got != "Dawn listed, Dawn public" {
		t.Errorf("ben finds %s", got)
	}
	if got := names(t, ada.Get("/v1/groups")); got != "Dawn listed, Dawn public" {
		t.Errorf("its owner finds %s", got)
	}
	for _, path := range []string{public, listed, unlisted} {
		ben.Get(path).Want(t, http.StatusOK)
		ben.Get(path+"/members").Want(t, http.StatusNotFound) // who is in a group is for who is in it
	}
	s.hidden(ben, secret)
	s.As("").Get(public).Want(t, http.StatusUnauthorized)

	if role := ben.Do(http.MethodPut, public+"/membership", nil).Want(t, http.StatusOK).Map(t)["role"]; role != "member" {
		t.Errorf("in a public group ben is %v", role)
	}
	for range 2 {
		if role := ben.Do(http.MethodPut, listed+"/membership", nil).Want(t, http.StatusOK).Map(t)["role"]; role != "asking" {
			t.Errorf("in a listed group ben is %v", role)
		}
	}
	ben.Get(listed+"/members").Want(t, http.StatusNotFound)
	if code := ben.Do(http.MethodPut, unlisted+"/membership", nil).Want(t, http.StatusForbidden).Map(t)["code"]; code != "invite_needed" {
		t.Errorf("into an unlisted group: %v", code)
	}
	for _, path := range []string{unlisted, secret} {
		s.enter(ada, ben, path)
		ben.Get(path+"/members").Want(t, http.StatusOK)
	}
	// On a profile a group shows where it is found, or to who is in it; and where its member says so, which is nowhere.
	cleo.Get("/v1/members/ben/groups").Want(t, http.StatusNotFound)
	ben.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"audiences": map[string]any{"groups": "members"}}).Want(t, http.StatusOK)
	if got := names(t, cleo.Get("/v1/members/ben/groups")); got != "Dawn public" {
		t.Errorf("ben's profile shows cleo %s", got)
	}
	if got := names(t, ada.Get("/v1/members/ben/groups")); strings.Count(got, "Dawn") != 3 {
		t.Errorf("ben's profile shows ada %s", got)
	}
	// A kind that narrows binds the next request.
	ada.Do(http.MethodPatch, public, map[string]any{"kind": "secret"}).Want(t, http.StatusOK)
	s.hidden(cleo, public)
	if got := names(t, cleo.Get("/v1/members/ben/groups")); got != "" {
		t.Errorf("ben's profile shows cleo %s", got)
	}
}

// Who leads a group approves, declines, removes, bans and forgives; who was removed or banned has it no more, at once.
func TestRolesInAGroup(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, ben, cleo, dan := s.Join("ada"), s.Join("ben"), s.Join("cleo"), s.Join("dan")
	group := s.make(ada, "listed")
	for _, p := range []*testkit.Person{ben, cleo, dan} {
		p.Do(http.MethodPut, group+"/membership", nil).Want(t, http.StatusOK)
		s.role(ada, s.membership(ada, group, "requests", p), "member", http.StatusNoContent)
	}
	of := func(p *testkit.Person) string { return s.membership(ada, group, "members", p) }
	s.role(ben, of(cleo), "banned", http.StatusForbidden)
	ben.Do(http.MethodDelete, of(cleo), nil).Want(t, http.StatusForbidden)
	s.role(ada, of(ben), "admin", http.StatusNoContent)
	s.role(ada, of(cleo), "admin", http.StatusNoContent)
	for _, path := range []string{of(cleo), of(ada)} { // an admin decides over no admin and not over the owner
		s.role(ben, path, "member", http.StatusForbidden)
		ben.Do(http.MethodDelete, path, nil).Want(t, http.StatusForbidden)
	}
	s.role(ben, of(dan), "admin", http.StatusForbidden)
	s.role(ben, of(dan), "coach", http.StatusNoContent)
	ben.Do(http.MethodPatch, group, map[string]any{"kind": "public"}).Want(t, http.StatusForbidden)
	ben.Do(http.MethodPatch, group, map[string]any{"name": "Dawn, all year"}).Want(t, http.StatusOK)
	ben.Do(http.MethodDelete, group, nil).Want(t, http.StatusForbidden)
	dan.Get(group+"/requests").Want(t, http.StatusNotFound)
	dan.Get(group+"/invites").Want(t, http.StatusNotFound)

	was := of(dan)
	ben.Do(http.MethodDelete, was, nil).Want(t, http.StatusNoContent)
	dan.Get(group+"/members").Want(t, http.StatusNotFound)
	dan.Get(group).Want(t, http.StatusOK)
	s.role(ben, was, "member", http.StatusNotFound)
	dan.Do(http.MethodPut, group+"/membership", nil).Want(t, http.StatusOK)
	s.role(ben, s.membership(ben, group, "requests", dan), "banned", http.StatusNoContent)
	s.hidden(dan, group)
	if got := names(t, dan.Get("/v1/groups")) + names(t, dan.Get("/v1/me/groups")); got != "" {
		t.Errorf("who is banned finds %s", got)
	}
	code, _ := s.invite(ada, group, 5)
	s.accept(dan, code, http.StatusNotFound)
	banned := s.membership(ben, group, "bans", dan)
	s.role(ben, banned, "member", http.StatusConflict)
	ben.Do(http.MethodDelete, banned, nil).Want(t, http.StatusNoContent)
	s.accept(dan, code, http.StatusOK)
}

// A group is never without an owner: it is handed over to one who takes it, or ends.
func TestAGroupHasAnOwner(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, ben, cleo := s.Join("ada"), s.Join("ben"), s.Join("cleo")
	group := s.make(ada, "secret")
	s.enter(ada, ben, group)
	s.enter(ada, cleo, group)
	ada.Do(http.MethodDelete, group+"/membership", nil).Want(t, http.StatusConflict)
	of := func(p *testkit.Person) map[string]any {
		return map[string]any{"membership_id": strings.TrimPrefix(s.membership(cleo, group, "members", p), "/v1/group-memberships/")}
	}
	ben.Do(http.MethodPut, group+"/heir", of(cleo)).Want(t, http.StatusForbidden)
	ben.Do(http.MethodPut, group+"/owner", nil).Want(t, http.StatusForbidden)
	ada.Do(http.MethodPut, group+"/heir", of(ada)).Want(t, http.StatusUnprocessableEntity)
	ada.Do(http.MethodPut, group+"/heir", map[string]any{"membership_id": uuid.NewString()}).Want(t, http.StatusUnprocessableEntity)
	ada.Do(http.MethodPut, group+"/heir", of(ben)).Want(t, http.StatusNoContent)
	if ben.Get(group).Map(t)["offered"] != true || cleo.Get(group).Map(t)["offered"] != nil {
		t.Error("the offer is not ben's alone")
	}
	cleo.Do(http.MethodPut, group+"/owner", nil).Want(t, http.StatusForbidden)
	ada.Do(http.MethodDelete, group+"/heir", nil).Want(t, http.StatusNoContent)
	ben.Do(http.MethodPut, group+"/owner", nil).Want(t, http.StatusForbidden)
	ada.Do(http.MethodPut, group+"/heir", of(ben)).Want(t, http.StatusNoContent)
	// An offer ends with the membership that it was made to.
	ben.Do(http.MethodDelete, group+"/membership", nil).Want(t, http.StatusNoContent)
	s.enter(ada, ben, group)
	ben.Do(http.MethodPut, group+"/owner", nil).Want(t, http.StatusForbidden)
	ada.Do(http.MethodPut, group+"/heir", of(ben)).Want(t, http.StatusNoContent)
	if role := ben.Do(http.MethodPut, group+"/owner", nil).Want(t, http.StatusOK).Map(t)["role"]; role != "owner" {
		t.Errorf("ben is %v", role)
	}
	if role := ada.Get(group).Map(t)["role"]; role != "admin" {
		t.Errorf("ada is %v", role)
	}
	ada.Do(http.MethodDelete, group, nil).Want(t, http.StatusForbidden)
	ada.Do(http.MethodDelete, group+"/membership", nil).Want(t, http.StatusNoContent)

	ben.Do(http.MethodDelete, "/v1/me", map[string]any{"password": ben.Password}).Want(t, http.StatusNoContent)
	s.hidden(cleo, group)
	if rows := s.Query(`SELECT (SELECT count(*) FROM group_member) || '/' || (SELECT count(*) FROM group_invite) || '/' || (SELECT count(*) FROM groups)`); rows != "0/0/0" {
		t.Errorf("the group ended and left %s rows", rows)
	}
}

// An invite lets in so many and so long, and nobody once it is revoked; its secret lies nowhere.
func TestInvites(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, ben := s.Join("ada"), s.Join("ben")
	group := s.make(ada, "secret")
	code, _ := s.invite(ada, group, 3)
	if rows := s.Query(`SELECT string_agg(i::text, ' ') FROM group_invite i`); strings.Contains(rows, code) || strings.Contains(rows, fmt.Sprintf("%x", code)) {
		t.Error("the secret lies in the database")
	}
	var crowd []*testkit.Person
	for i := range 8 {
		crowd = append(crowd, s.Join(fmt.Sprintf("rider%d", i)))
	}
	in := make([]bool, len(crowd))
	var all sync.WaitGroup
	for i, p := range crowd {
		all.Go(func() {
			r := p.Do(http.MethodPost, "/v1/group-invites", map[string]any{"code": code})
			in[i] = r.Status == http.StatusOK
		})
	}
	all.Wait()
	entered := 0
	for i, p := range crowd {
		if in[i] {
			entered++
			s.accept(p, code, http.StatusNotFound) // used up, for who is in as well
		}
	}
	if count := s.Query(`SELECT count(*)::text FROM group_member WHERE role = 'member'`); entered != 3 || count != "3" {
		t.Errorf("an invite for 3 let %d in, and %s are", entered, count)
	}
	code, path := s.invite(ada, group, 3)
	ben.Do(http.MethodDelete, path, nil).Want(t, http.StatusNotFound)
	ada.Do(http.MethodDelete, path, nil).Want(t, http.StatusNoContent)
	s.accept(ben, code, http.StatusNotFound)
	code, _ = s.invite(ada, group, 3)
	s.Clock.Advance(48*time.Hour + time.Second)
	s.Login(ben)
	s.accept(ben, code, http.StatusNotFound)
	if got := ben.Do(http.MethodPost, "/v1/group-invites", map[string]any{"code": code}).Same(
		ben.Do(http.MethodPost, "/v1/group-invites", map[string]any{"code": "pl_gt_" + strings.Repeat("A", 43)})); got != "" {
		t.Errorf("an invite that expired is another than one that never was: %s", got)
	}
}

// A block hides two from each other in every list of a group; one with its owner hides the group.
func TestABlockInAGroup(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, ben, cleo := s.Join("ada"), s.Join("ben"), s.Join("cleo")
	group := s.make(ada, "public")
	for _, p := range []*testkit.Person{ben, cleo} {
		p.Do(http.MethodPut, group+"/membership", nil).Want(t, http.StatusOK)
	}
	s.role(ada, s.membership(ada, group, "members", ben), "admin", http.StatusNoContent)
	theirs := s.membership(ben, group, "members", cleo)
	s.Block(cleo, ben)
	if s.membership(ben, group, "members", cleo) != "" || s.membership(cleo, group, "members", ben) != "" {
		t.Error("two who blocked one another are in each other's list")
	}
	for _, p := range []*testkit.Person{ben, cleo} { // without a name neither
		if items, _ := p.Get(group+"/members").Want(t, http.StatusOK).Map(t)["items"].([]any); len(items) != 2 {
			t.Errorf("%s sees %d in the group, want 2", p.Name, len(items))
		}
	}
	s.role(ben, theirs, "coach", http.StatusNotFound)
	if s.membership(ada, group, "members", cleo) != theirs {
		t.Error("a block between two others hides one of them")
	}
	s.Block(cleo, ada)
	s.hidden(cleo, group)
	if got := names(t, cleo.Get("/v1/groups")) + names(t, cleo.Get("/v1/me/groups")); got != "" {
		t.Errorf("cleo finds %s", got)
	}
	if s.membership(ada, group, "members", cleo) != "" {
		t.Error("the owner sees who blocked them")
	}
	// Nobody is left in a group that they can't find: whoever blocks, and whoever owns it by then.
	inside := func(p *testkit.Person) string {
		return s.Query(`SELECT count(*)::text FROM group_member WHERE member_id = $1`, p.ID)
	}
	if inside(cleo) != "0" || inside(ben) != "1" {
		t.Errorf("cleo is in %s groups, ben in %s", inside(cleo), inside(ben))
	}
	dora := s.Join("dora")
	dora.Do(http.MethodPut, group+"/membership", nil).Want(t, http.StatusOK)
	s.Block(dora, ben)
	_, membership, _ := strings.Cut(s.membership(ada, group, "members", ben), "/v1/group-memberships/")
	ada.Do(http.MethodPut, group+"/heir", map[string]any{"membership_id": membership}).Want(t, http.StatusNoContent)
	ben.Do(http.MethodPut, group+"/owner", nil).Want(t, http.StatusOK)
	if inside(dora) != "0" {
		t.Error("dora is in the group of somebody whom she blocked")
	}
	s.Block(ben, ada)
	if inside(ada) != "0" {
		t.Error("ada is in the group of somebody who blocked her")
	}
}

// Who can't be found is in the list without a name.
func TestPresenceWithoutAName(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, ben := s.Join("ada"), s.Join("ben")
	group := s.make(ada, "public")
	ben.Do(http.MethodPut, group+"/membership", nil).Want(t, http.StatusOK)
	ben.Do(http.MethodPatch, "/v1/me/privacy", map[string]any{"discoverability": "nobody"}).Want(t, http.StatusOK)
	r := ada.Get(group+"/members").Want(t, http.StatusOK)
	if items, _ := r.Map(t)["items"].([]any); len(items) != 2 {
		t.Errorf("%d in the list", len(items))
	}
	for _, private := range []string{ben.ID, `"ben"`} {
		if strings.Contains(string(r.Body), private) {
			t.Errorf("the list holds %s: %s", private, r.Body)
		}
	}
}

// What is edited bears a version; a repeated create makes one group.
func TestGroupsAreMadeOnceAndEditedByVersion(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.Join("ada")
	create := func() testkit.Response {
		return ada.Do(http.MethodPost, "/v1/groups", map[string]any{"kind": "public", "name": "Once"}, "Idempotency-Key", "make-once-1").Want(t, http.StatusCreated)
	}
	made := create()
	group := made.Header.Get("Location")
	if again := create().Header.Get("Location"); again != group {
		t.Errorf("a repeat made %s beside %s", again, group)
	}
	tag := made.Header.Get("ETag")
	ada.Do(http.MethodPatch, group, map[string]any{"description": "All year."}, "If-Match", tag).Want(t, http.StatusOK)
	ada.Do(http.MethodPatch, group, map[string]any{"name": "Lost"}, "If-Match", tag).Want(t, http.StatusPreconditionFailed)
	ada.Do(http.MethodPatch, group, map[string]any{"name": "\u202eeno"}).Want(t, http.StatusUnprocessableEntity)
	if m := ada.Do(http.MethodPatch, group, map[string]any{"description": nil}).Want(t, http.StatusOK).Map(t); m["description"] != nil || m["name"] != "Once" {
		t.Errorf("it is %v", m)
	}
}
