package config

import (
	"path/filepath"
	"runtime"
	"strconv"
)

type need uint8

const (
	never  need = iota // it has a default, or may stay unset
	always             // Serve requires it
	byTCP              // Serve requires it unless the database is a Unix socket
)

// needs is how the documentation says it.
var needs = map[need]string{never: "no", always: "yes", byTCP: "unless by Unix socket"}

// setting is one row of the table.
type setting struct {
	name     string
	doc      string
	need     need
	secret   bool                               // never shown
	standard string                             // the default as text
	standing string                             // how the documentation names a default that is worked out
	local    func(c *Config) string             // what stands in for an empty default in Dev
	mask     func(text string) string           // how to show a value that may hold a secret part
	set      func(c *Config, text string) error // parses; its error ends "NAME ...", and quotes no secret
}

func (s setting) fallback(c *Config) string {
	if s.standard == "" && s.local != nil && !c.production {
		return s.local(c)
	}
	return s.standard
}

func (s setting) show(text string) string {
	if s.mask != nil && text != "" {
		return s.mask(text)
	}
	return text
}

// settings is every setting there is, in the order of the documentation.
var settings = []setting{
	{
		name: "PACELINE_ADDR", standard: "127.0.0.1:8080",
		doc: "address and port that the public listens to",
		set: address(func(c *Config) *string { return &c.Addr }),
	}, {
		name: "PACELINE_PRIVATE_ADDR", standard: "127.0.0.1:9090",
		doc: "address and port of metrics and profiles; keep it from the public",
		set: address(func(c *Config) *string { return &c.PrivateAddr }),
	}, {
		name: "PACELINE_PUBLIC_URL", need: always,
		doc:   "the https address that members type, without a path",
		local: func(c *Config) string { return localURL(c.Addr) },
		set:   setPublicURL,
	}, {
		name: "PACELINE_DATA", standard: ".paceline/",
		doc: "folder of the local run: its database, key ring and demo world, with the second factor of its one account of staff",
		set: text(func(c *Config) *string { return &c.Data }),
	}, {
		name: "PACELINE_KEYRING", need: always,
		doc:   "path of the key ring file (mode 0600); losing it loses what it sealed",
		local: func(c *Config) string { return filepath.Join(c.Data, "keyring.json") },
		set:   text(func(c *Config) *string { return &c.Keyring }),
	}, {
		name: "DATABASE_URL", need: always, mask: maskDatabase,
		doc: "postgres:// address of server and database, with sslmode=verify-full, or a Unix socket as ?host=/folder; no user or password: the roles are fixed",
		set: setDatabaseURL,
	}, {
		name: "DATABASE_APP_PASSWORD", need: byTCP, secret: true,
		doc: "password of the role paceline_app, which reads and writes members' data",
		set: secret(func(c *Config) *Secret { return &c.Database.App }),
	}, {
		name: "DATABASE_AUTH_PASSWORD", need: byTCP, secret: true,
		doc: "password of the role paceline_auth, which alone sees credentials",
		set: secret(func(c *Config) *Secret { return &c.Database.Auth }),
	}, {
		name: "DATABASE_WORKER_PASSWORD", need: byTCP, secret: true,
		doc: "password of the role paceline_worker, which sends mail and purges",
		set: secret(func(c *Config) *Secret { return &c.Database.Worker }),
	}, {
		name: "DATABASE_MIGRATOR_PASSWORD", secret: true,
		doc: "password of the role paceline_migrator; only `paceline migrate` needs it",
		set: secret(func(c *Config) *Secret { return &c.Database.Migrator }),
	}, {
		name: "DATABASE_ADMIN_USER",
		doc:  "the database's owner, who may make roles; only `paceline migrate` needs it, and only to make the roles or change their passwords",
		set:  text(func(c *Config) *string { return &c.Database.AdminUser }),
	}, {
		name: "DATABASE_ADMIN_PASSWORD", secret: true,
		doc: "password of DATABASE_ADMIN_USER",
		set: secret(func(c *Config) *Secret { return &c.Database.Admin }),
	}, {
		name: "PACELINE_DATABASE_TLS", standard: "verify-full",
		doc: "`off-private-network` allows a connection without TLS where the network is yours alone",
		set: setDatabaseTLS,
	}, {
		name: "PACELINE_DB_CONNECTIONS", standard: strconv.Itoa(2 * runtime.NumCPU()), standing: "2 × cores",
		doc: "connections in the pool of the role paceline_app; its reads share half as many of their own, the other roles take half as many and two more; more than 2 × its cores makes it slower",
		set: integer(1, 500, func(c *Config, n int64) { c.Database.Connections = int(n) }),
	}, {
		name: "PACELINE_TRUSTED_PROXIES",
		doc:  "networks (CIDR, comma between) whose X-Forwarded-For is believed",
		set:  setProxies,
	}, {
		name: "PACELINE_CORS_ORIGINS",
		doc:  "exact origins (comma between) whose pages may call the API",
		set:  setOrigins,
	}, {
		name: "PACELINE_SMTP_URL", need: always, mask: maskUser,
		doc: "smtp://user@host:587 (STARTTLS is required) or smtps://user@host:465",
		set: setSMTP,
	}, {
		name: "PACELINE_SMTP_PASSWORD", secret: true,
		doc: "password of the user in PACELINE_SMTP_URL",
		set: secret(func(c *Config) *Secret { return &c.Mail.Password }),
	}, {
		name: "PACELINE_MAIL_FROM", need: always,
		doc:   "sender of mail: `Paceline <no-reply@example.com>`",
		local: func(*Config) string { return "Paceline <no-reply@localhost.test>" },
		set:   setMailFrom,
	}, {
		name: "PACELINE_ARGON2_MEMORY_KIB", standard: "65536",
		doc: "memory of one password hash in KiB",
		set: integer(8, 4<<20, func(c *Config, n int64) { c.Login.ArgonMemoryKiB = uint32(n) }),
	}, {
		name: "PACELINE_ARGON2_TIME", standard: "1",
		doc: "passes of one password hash",
		set: integer(1, 100, func(c *Config, n int64) { c.Login.ArgonTime = uint32(n) }),
	}, {
		name: "PACELINE_ARGON2_PARALLELISM", standard: "1",
		doc: "lanes of one password hash",
		set: integer(1, 16, func(c *Config, n int64) { c.Login.ArgonParallelism = uint8(n) }),
	}, {
		name: "PACELINE_LOGIN_CONCURRENCY", standard: "1",
		doc: "passwords hashed at the same time; times the memory above is what logins can take; fewer than there are cores, or a flood of logins holds up reads",
		set: integer(1, 256, func(c *Config, n int64) { c.Login.Concurrency = int(n) }),
	}, {
		name: "PACELINE_LOGIN_QUEUE", standard: "64",
		doc: "logins that may wait for their turn; the next one gets 503 with Retry-After",
		set: integer(0, 10_000, func(c *Config, n int64) { c.Login.Queue = int(n) }),
	}, {
		name: "PACELINE_LIMIT_READ", standard: "600",
		doc: "reads a minute of a member; an address has twice as many, the network around it 16 times",
		set: integer(1, 1_000_000_000, func(c *Config, n int64) { c.Limits.Read = int(n) }),
	}, {
		name: "PACELINE_LIMIT_SEARCH", standard: "60",
		doc: "searches a minute, likewise",
		set: integer(1, 1_000_000_000, func(c *Config, n int64) { c.Limits.Search = int(n) }),
	}, {
		name: "PACELINE_LIMIT_WRITE", standard: "120",
		doc: "writes a minute, likewise",
		set: integer(1, 1_000_000_000, func(c *Config, n int64) { c.Limits.Write = int(n) }),
	}, {
		name: "PACELINE_LIMIT_OPS", standard: "600",
		doc: "health checks and pages a minute; an address has twice as many",
		set: integer(1, 1_000_000_000, func(c *Config, n int64) { c.Limits.Ops = int(n) }),
	}, {
		name: "PACELINE_LIMIT_IMPORT", standard: "30",
		doc: "files a member may import in an hour",
		set: integer(1, 1_000_000_000, func(c *Config, n int64) { c.Limits.Import = int(n) }),
	}, {
		name: "PACELINE_LIMIT_AUTH", standard: "10",
		doc: "passwords or codes tried in 15 minutes for one name from one address",
		set: integer(1, 1_000_000_000, func(c *Config, n int64) { c.Limits.Auth = int(n) }),
	}, {
		name: "PACELINE_LIMIT_AUTH_NETWORK", standard: "60",
		doc: "the same from one address for all names; the network around it has 8 times as many",
		set: integer(1, 1_000_000_000, func(c *Config, n int64) { c.Limits.AuthNetwork = int(n) }),
	}, {
		name: "PACELINE_LIMIT_AUTH_ACCOUNT", standard: "100",
		doc: "the same in an hour for one name, from all addresses that it was never signed in from",
		set: integer(1, 1_000_000_000, func(c *Config, n int64) { c.Limits.AuthAccount = int(n) }),
	}, {
		name: "PACELINE_LIMIT_MEMBERS_HOUR", standard: "100",
		doc: "different members that one may read in an hour without their consent; no less than a page of a list",
		set: integer(1, 1_000_000_000, func(c *Config, n int64) { c.Limits.Hour = int(n) }),
	}, {
		name: "PACELINE_LIMIT_MEMBERS_DAY", standard: "120",
		doc: "the same in a day",
		set: integer(1, 1_000_000_000, func(c *Config, n int64) { c.Limits.Day = int(n) }),
	}, {
		name: "PACELINE_LIMIT_MEMBERS_FORTNIGHT", standard: "190",
		doc: "the same in two weeks",
		set: integer(1, 1_000_000_000, func(c *Config, n int64) { c.Limits.Fortnight = int(n) }),
	}, {
		name: "PACELINE_LIMIT_MEMBERS_SHARED", standard: "190",
		doc: "the same in two weeks, for all on one network who are new or not signed in",
		set: integer(1, 1_000_000_000, func(c *Config, n int64) { c.Limits.Shared = int(n) }),
	}, {
		name: "PACELINE_MAX_IMPORT_BYTES", standard: "33554432",
		doc: "largest file that an import takes, in bytes",
		set: integer(1<<10, 1<<30, func(c *Config, n int64) { c.MaxImportBytes = n }),
	}, {
		name: "PACELINE_SHUTDOWN_TIMEOUT", standard: "30s",
		doc: "how long a shutdown waits for what is in flight",
		set: setShutdown,
	}, {
		name: "PACELINE_LOG_LEVEL", standard: "info",
		doc: "debug, info, warn or error",
		set: setLogLevel,
	}, {
		name: "PACELINE_SECURITY_CONTACT",
		doc:  "mailto: or https: address for reports of holes, shown in security.txt",
		set:  setContact,
	}, {
		name: "PACELINE_SECURITY_EXPIRES",
		doc:  "when security.txt becomes stale, as 2027-01-31T00:00:00Z",
		set:  setExpires,
	},
}
