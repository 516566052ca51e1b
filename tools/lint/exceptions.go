package lint

import (
	"strings"
	"sync"
)

// exception lets one rule not hold in one place: a function, a package, or with
// /... all that is below a folder.
type exception struct{ rule, where, why string }

// exceptions are all there are.
var exceptions = []exception{
	{"viewertx", "internal/db/...", "it is the one way to PostgreSQL, and starts it for tests"},
	{"viewertx", "internal/testkit/...", "tests look behind the walls, and make the databases to look into"},
	{"viewertx", "cmd/bench/...", "fills a database of its own and asks it for its figures"},
	{"viewertx", "internal/bench/...", "FLOOR is a service without checks, to measure against, over made-up members; cmd/bench alone serves it"},
	{"viewertx", "internal/notice.Add", "takes either of db's transactions, in which happens what is told of"},

	{"constsql", "cmd/bench/...", "loads tables in bulk, whose names are its constants"},
	{"constsql", "internal/bench/...", "as above"},
	{"constsql", "internal/db.provisionRole", "DDL takes no parameters: names are quoted by pgx, the password by the server"},
	{"constsql", "internal/db.CreateDatabase", "DDL takes no parameters: the name is quoted by pgx"},
	{"constsql", "internal/db/pipeline.Pipeline.Do", "the opening is db's authenticate, a constant that its configuration brings"},
	{"constsql", "internal/db/pipeline.setOf", "the sets are constants of db's, which its configuration brings"},
	{"constsql", "internal/testkit/...", "makes and drops databases, and asks of every table there is"},

	{"responder", "internal/httpapi.send", "it is the one responder"},
	{"responder", "internal/httpapi.sendPart", "it is the responder of streams, next to it"},
	{"responder", "internal/httpapi.filteredWriter.Write", "it stands before the connection and lets only listed headers leave"},
	{"responder", "internal/httpapi.filteredWriter.WriteHeader", "as above"},
	{"responder", "internal/observe.answer", "health on the private port: two constant texts"},
	{"responder", "internal/bench/floor/...", "FLOOR is written as a plain handler"},

	{"places", "cmd/bench/...", "asks the service as members that it made itself"},
	{"places", "internal/bench/...", "seals what made-up members own"},

	{"secrets", "internal/testkit", "a canary's kind of secret is no secret"},
}

// left remembers which exceptions were needed; those that aren't have to go.
var left struct {
	sync.Mutex
	needed map[exception]bool
}

// excepted says whether a rule doesn't hold in a place.
func excepted(rule, where string) bool {
	for _, e := range exceptions {
		if e.rule == rule && within(where, e.where) {
			left.Lock()
			if left.needed == nil {
				left.needed = map[exception]bool{}
			}
			left.needed[e] = true
			left.Unlock()
			return true
		}
	}
	return false
}

// within says whether a declaration is the named one, or in the named package or folder.
func within(where, named string) bool {
	if folder, ok := strings.CutSuffix(named, "/..."); ok {
		return strings.HasPrefix(where, folder+"/") || strings.HasPrefix(where, folder+".") || where == folder
	}
	return where == named || strings.HasPrefix(where, named+".")
}
