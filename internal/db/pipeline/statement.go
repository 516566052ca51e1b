package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
)

// statement is a text, what the database says it takes and gives, and the parts
// of its messages that are always the same. It has the same name on every
// connection, and a new one when it is described anew.
type statement struct {
	name   string
	sql    string
	params *pgconn.StatementDescription // the types of the parameters, no more
	fields []pgconn.FieldDescription    // with the format that results come in
	head   []byte                       // of Bind: portal and name
	tail   []byte                       // of Bind: the formats of results; then Execute
	set    *statement                   // that answers many requests of it at once, or nil
	of     *statement                   // of a set: what it is the set of

	alone   atomic.Bool  // its results are large
	dropped atomic.Bool  // the database has another idea of it by now
	size    atomic.Int32 // of its last answer, in bytes
}

// registry is the statements that are known, by text. It is read without a lock.
type registry struct {
	known atomic.Pointer[map[string]*statement]
	mu    sync.Mutex
	named atomic.Int64
}

// find gives the statement of a text, described if it is a new one.
func (g *registry) find(ctx context.Context, conf *Config, sql string) (*statement, error) {
	if known := g.known.Load(); known != nil {
		if s := (*known)[sql]; s != nil {
			return s, nil
		}
	}
	return g.describe(ctx, conf, sql)
}

func (g *registry) describe(ctx context.Context, conf *Config, sql string) (*statement, error) {
	d, err := conf.Describe(ctx, sql)
	if err != nil {
		return nil, err
	}
	if !isRead(sql) || len(d.Fields) == 0 {
		return nil, fmt.Errorf("pipeline: not a read: %.40q", sql)
	}
	name := fmt.Sprintf("r%d", g.named.Add(1))
	set, err := setOf(ctx, conf, name+"s", sql)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	known := map[string]*statement{}
	if old := g.known.Load(); old != nil {
		known = maps.Clone(*old)
	}
	if s := known[sql]; s != nil {
		return s, nil // somebody was faster
	}
	if len(known) >= maxStatements {
		return nil, ErrAlone
	}
	s := newStatement(name, sql, d)
	if set != nil {
		opening := known[conf.Opening]
		if opening == nil {
			return nil, ErrAlone // it is described anew just now
		}
		if err := set.answers(opening, s); err != nil {
			return nil, err
		}
		s.set, set.of = set, s
	}
	known[sql] = s
	g.known.Store(&known)
	return s, nil
}

// setOf gives the set of a statement; one that has none, and a database that doesn't
// have it, do without.
func setOf(ctx context.Context, conf *Config, name, sql string) (*statement, error) {
	if conf.Together == nil {
		return nil, nil //nolint:nilnil // there is none
	}
	set := conf.Together(sql)
	if set == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	d, err := conf.Describe(ctx, set)
	if err != nil {
		var missing *pgconn.PgError
		if errors.As(err, &missing) && missing.Code == "42883" {
			return nil, nil //nolint:nilnil // there is none
		}
		return nil, err
	}
	return newStatement(name, set, d), nil
}

// drop makes a statement one that is described anew when it is next asked for, and
// a statement with its set.
func (s *statement) drop(p *Pipeline) {
	if s.of != nil {
		s = s.of
	}
	g := &p.statements
	g.mu.Lock()
	defer g.mu.Unlock()
	s.dropped.Store(true)
	known := maps.Clone(*g.known.Load())
	if known[s.sql] == s {
		delete(known, s.sql)
		g.known.Store(&known)
	}
}

func newStatement(name, sql string, d *pgconn.StatementDescription) *statement {
	s := &statement{name: name, sql: sql, params: &pgconn.StatementDescription{ParamOIDs: d.ParamOIDs}, fields: slices.Clone(d.Fields)}
	m := codecs.Get().(*codec) //nolint:errcheck,forcetypeassert // the pool holds nothing else
	defer codecs.Put(m)
	s.head = append(s.head, 0)
	s.head = append(append(s.head, name...), 0)
	s.tail = appendInt16(s.tail, len(s.fields))
	for i := range s.fields {
		s.fields[i].Format = m.types.FormatCodeForOID(s.fields[i].DataTypeOID)
		s.tail = appendInt16(s.tail, int(s.fields[i].Format))
	}
	s.tail = append(s.tail, 'E', 0, 0, 0, 9, 0, 0, 0, 0, 0) // the unnamed portal, all rows
	return s
}

// gives says whether a description of results is the one that is expected.
func (s *statement) gives(fields []pgproto3.FieldDescription) bool {
	return slices.EqualFunc(s.fields, fields, func(a pgconn.FieldDescription, b pgproto3.FieldDescription) bool {
		return a.Name == string(b.Name) && a.DataTypeOID == b.DataTypeOID
	})
}

// isRead looks at the first word behind the comments.
func isRead(sql string) bool {
	for {
		sql = strings.TrimSpace(sql)
		comment, ok := strings.CutPrefix(sql, "--")
		if !ok {
			break
		}
		_, sql, _ = strings.Cut(comment, "\n")
	}
	word := sql[:min(6, len(sql))]
	return strings.EqualFold(word, "SELECT") || strings.HasPrefix(strings.ToUpper(word), "WITH ") || strings.HasPrefix(strings.ToUpper(word), "WITH\n")
}

// codec encodes and decodes for one goroutine at a time: a type map remembers
// its plans, and is not to be shared.
type codec struct {
	types  *pgtype.Map
	build  pgx.ExtendedQueryBuilder
	values [][]byte
}

var codecs = sync.Pool{New: func() any { return &codec{types: pgtype.NewMap()} }}
