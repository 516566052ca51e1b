// Package config reads the service's configuration from its environment.
//
//   - One table, settings, drives parsing, checking, printing and the documentation. A setting
//     that is not in the table does not exist; a PACELINE_ name that is not in it is a mistake.
//   - Each setting X may come as X_FILE instead: the path of a file that holds the value, where
//     one trailing line end is cut off. Both at once is a mistake. Empty means not set.
//   - All mistakes are found in one go and listed together, each with the way to mend it. No
//     message quotes a secret.
//   - Secrets are of type Secret, which shows itself as [secret]; Print shows only whether one is
//     set, and from where.
//
// Serve is for production and insists on everything that keeps members' data safe. Dev has a
// default for everything, for the run on one's own machine.
//
// No library: what caarlos0/env does (fill a struct) is the small part of this; files, one list
// of all mistakes, masking and the generated table are the large one.
package config

import (
	"log/slog"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Config is a checked configuration. Sizes are bytes where the name does not say otherwise.
type Config struct {
	Addr        string // host:port that the public listens to
	PrivateAddr string // host:port of metrics and pprof; never Addr
	Data        string // the local run's folder
	PublicURL   *url.URL
	Database    Database
	Keyring     string // path of the key ring file
	Edge        Edge
	Mail        Mail
	Login       Login
	Limits      Limits
	Security    Security

	MaxImportBytes  int64
	ShutdownTimeout time.Duration
	LogLevel        slog.Level

	production bool
	lines      []line
}

// Database says where PostgreSQL is, and with which password each role enters.
type Database struct {
	URL                         Secret // of server and database; empty in Dev means the private server
	App, Auth, Worker, Migrator Secret // passwords; empty where a Unix socket vouches for the role
	AdminUser                   string // who makes the roles; for migrate alone
	Admin                       Secret // and their password
	Connections                 int    // of paceline_app's pool; its reads share half as many, the others take half of it, and two
	PrivateNetwork              bool   // the operator vouches for the network instead of TLS
}

// Edge is what the public listener believes of others.
type Edge struct {
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed; none by default
	CORSOrigins    []string       // exact origins; none by default
}

// Mail is the way out for mail. In Dev without Host, mail stays in the local outbox.
type Mail struct {
	Host        string
	Port        int
	ImplicitTLS bool // smtps: TLS from the first byte; else STARTTLS, which is never optional
	User        string
	Password    Secret
	From        *mail.Address
}

// Login is what a login may cost.
type Login struct {
	ArgonMemoryKiB   uint32
	ArgonTime        uint32
	ArgonParallelism uint8
	Concurrency      int // passwords hashed at the same time
	Queue            int // logins that may wait for their turn; the next one gets 503
}

// Limits are what bounds abuse; package limit says what each is.
type Limits struct {
	Read, Search, Write, Ops       int // requests a minute
	Import                         int // files an hour
	Auth, AuthNetwork, AuthAccount int // tries
	Hour, Day, Fortnight, Shared   int // different members read without their consent
}

// Security is what /.well-known/security.txt (RFC 9116) says.
type Security struct {
	Contact string // mailto: or https:; empty serves no security.txt
	Expires time.Time
}

// Serve reads a production configuration from "NAME=value" strings. Its error is a Mistakes.
func Serve(environ []string) (*Config, error) { return read(environ, true) }

// Migrate reads what `paceline migrate` and the other commands that only need the database need
// of a production configuration: mistakes in other settings are left to Serve.
func Migrate(environ []string) (*Config, error) {
	var databases []string
	for _, pair := range environ {
		if strings.HasPrefix(pair, "DATABASE_") || strings.HasPrefix(pair, "PACELINE_DATABASE_") {
			databases = append(databases, pair)
		}
	}
	c, mistakes := parse(databases, true)
	mistakes = slices.DeleteFunc(mistakes, func(m Mistake) bool { return !strings.Contains(m.Name, "DATABASE_") })
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return c, nil
}

// Dev reads the configuration of a local run: nothing is required. Its error is a Mistakes.
func Dev(environ []string) (*Config, error) { return read(environ, false) }

// Production says whether Serve made it.
func (c *Config) Production() bool { return c.production }

// Warnings lists what is allowed but unwise at that moment.
func (c *Config) Warnings(now time.Time) []string {
	var out []string
	switch s := c.Security; {
	case !c.production:
	case s.Contact == "":
		out = append(out, "PACELINE_SECURITY_CONTACT is not set: those who find a hole cannot tell you")
	case !s.Expires.After(now):
		out = append(out, "PACELINE_SECURITY_EXPIRES has passed: security.txt counts as stale")
	case s.Expires.After(now.AddDate(1, 0, 0)):
		out = append(out, "PACELINE_SECURITY_EXPIRES is more than a year ahead; RFC 9116 recommends less")
	}
	if c.production && c.Database.PrivateNetwork {
		out = append(out, "PACELINE_DATABASE_TLS is off: the network to the database must be yours alone")
	}
	return out
}
