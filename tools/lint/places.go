package lint

import (
	"go/ast"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Places refuses what opens, decides or proves something outside of its places.
var Places = &analysis.Analyzer{
	Name: "places",
	Doc:  "what opens, decides or proves something is used in its named places only",
	Run:  places,
}

// kept is a function that may be used in the named places only.
type kept struct {
	what  string
	where string // separated by spaces
	why   string
}

var keeps = []kept{
	{"internal/privacy.Guarded.Open", "internal/dto.opened internal/privacy.Convert",
		"a guarded value opens where a body is built; a feature unseals by privacy.Convert"},
	{"internal/privacy.Convert", "internal/member internal/workout internal/training internal/social",
		"only a feature makes a guarded value of another, while it reads"},
	{"internal/training.Derived.Open", "internal/dto internal/training",
		"a derived value opens where a body is built; what goes on with it takes it closed"},
	{"internal/privacy.Decide", "internal/db internal/privacy.DecideAccess",
		"a grant comes from db.Subject.Decide, with what the transaction itself has read"},
	{"internal/privacy.DecideAccess", "internal/db",
		"a grant comes from db.Subject.DecideAccess, with what the transaction itself has read"},
	{"internal/db.Subject.DecideAccess", "internal/member.Service.UnderAccess", "staff read by an access grant in one place"},
	{"internal/privacy.Grant.As", "internal/member internal/privacy",
		"only an owner's look at themselves goes through other eyes"},
	{"internal/privacy.Grant.AsMember", "internal/member",
		"only an owner's look at themselves goes through other eyes"},
	{"internal/privacy.NewViewer", "internal/db internal/privacy.NewStaff", "the database says who a viewer is"},
	{"internal/privacy.NewStaff", "internal/db", "the database says who a viewer is"},
	{"internal/privacy.Anonymous", "internal/db", "the database says who a viewer is"},
	{"internal/db.WithToken", "internal/httpapi.Server.readCaller internal/account.Service.CreateMany internal/demo.crowdLoader.publish", "a request's token is read in one place"},
	{"internal/db.WithProof", "internal/httpapi.Server.readCaller", "a request's token is read in one place"},
	{"internal/db.BoundHash", "internal/db internal/account", "only package account keeps tokens"},
	{"internal/db.Caller.For", "internal/httpapi.Server.admitConsole", "what a console may do comes from the contract, in one place"},
	{"internal/db.Caller.OnDuty", "internal/httpapi.Server.admit internal/staff internal/moderation.Service.asModerator", "what staff have to hold comes from the contract, in one place"},
	{"internal/db.WithTicket", "internal/leaderboard.Stream.As", "an open stream asks by its ticket, in one place"},
	{"internal/leaderboard.Ticket.Reveal", "internal/dto", "a ticket is revealed to whom it is for, in the answer that brings it"},
	{"internal/db.WithClaim", "internal/jobs", "a claim on an import is made where imports are handed out"},
	{"internal/db.WithUpkeep", "internal/jobs", "a claim on upkeep is made where it is handed out"},
	{"internal/db.WithNoticeClaim", "internal/jobs", "a claim on a member's notices is made where their turns are handed out"},
	{"internal/db.WithCalendar", "internal/httpapi.Server.ReadCalendarFeed", "a calendar's address is good for its feed and nothing else"},
	{"internal/db.Anonymous", "internal/httpapi.Server.readCaller internal/httpapi.Server.unmatched internal/account.Service.again cmd/paceline", "who a request comes from is read in one place"},
	{"internal/db.DB.AsSystem", "internal/account internal/audit.Verify", "only signing in and proving an address have no viewer yet, and the operator none"},
	{"internal/db.DB.AsAccount", "internal/account internal/staff", "only package account keeps credentials, and only package staff the duties"},
	{"internal/db.DB.AsWorker", "internal/jobs", "only jobs run for nobody"},
	{"internal/db.DB.Once", "internal/limit", "only limits ask in single statements without a viewer"},
	{"internal/db.Open", "internal/service cmd/paceline", "one set of pools a program"},
	{"internal/account.Secret.Reveal", "internal/dto internal/httpapi.setCookie",
		"a token is revealed to its owner, in the answer that brings it"},
	{"internal/config.Secret.Reveal", "internal/config cmd/paceline", "a configured secret goes from the command to whom it is for"},
	{"internal/seal.Ring.Unwrap", "internal/member.box.unwrap internal/workout internal/account.Service.create internal/class.Service.once",
		"a member's key is unwrapped where the grant has opened something, or by its owner's own writing"},
	{"internal/seal.Key.Open", "internal/seal internal/workout internal/class.Service.once",
		"sealed bytes are opened inside privacy.Convert, or for an edit of their owner"},
	{"internal/httpapi.respondBytes", "internal/httpapi.Server.GetMemberAvatar internal/httpapi.Server.GetContract internal/httpapi.Server.GetReference " +
		"internal/httpapi.Server.GetReferenceAsset internal/httpapi.Server.GetSecurityContact internal/httpapi.Server.outbox",
		"bytes leave without a dto.Body only where they passed a grant or belong to nobody"},
	{"internal/httpapi.send", "internal/httpapi", "it is the responder's own"},
	{"internal/httpapi.sendPart", "internal/httpapi.eventWriter.write", "an event is written where its body was paid for"},
}

func places(pass *analysis.Pass) (any, error) {
	byName := map[string]kept{}
	for _, k := range keeps {
		byName[k.what] = k
	}
	each(pass, func(where string, n ast.Node) {
		f, _, at := used(pass, n)
		if f == nil {
			return
		}
		k, is := byName[nameOf(f)]
		if !is {
			return
		}
		for place := range strings.FieldsSeq(k.where) {
			if within(where, place) {
				return
			}
		}
		if excepted("places", where) {
			return
		}
		pass.Reportf(at, "%s is not for here: %s", k.what, k.why)
	})
	return nil, nil
}
