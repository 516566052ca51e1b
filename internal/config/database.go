package config

import (
	"crypto/tls"
	"errors"
	"net/netip"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

func setDatabaseURL(c *Config, s string) error {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") || strings.Trim(u.Path, "/") == "" {
		return errors.New("must be an address as postgres://host:5432/paceline?sslmode=verify-full")
	}
	q := u.Query()
	if c.production && (u.User != nil || q.Has("user") || q.Has("password")) {
		return errors.New("names a user or a password: the roles are fixed, and their passwords are settings of their own")
	}
	if _, err := pgconn.ParseConfig(s); err != nil {
		return errors.New("is not understood by the database driver (is sslrootcert readable, each option spelt right?)")
	}
	c.Database.URL = Secret{s}
	return nil
}

func setDatabaseTLS(c *Config, s string) error {
	if s != "verify-full" && s != "off-private-network" {
		return errors.New("must be verify-full or off-private-network")
	}
	c.Database.PrivateNetwork = s == "off-private-network"
	return nil
}

// maskDatabase leaves user, password and options out.
func maskDatabase(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return "[set]"
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	keep := url.Values{}
	for _, name := range []string{"host", "port", "sslmode"} {
		if v := u.Query().Get(name); v != "" {
			keep.Set(name, v)
		}
	}
	shown.RawQuery, _ = url.QueryUnescape(keep.Encode())
	return shown.String()
}

// maskUser leaves a password out that does not belong there anyway.
func maskUser(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return "[set]"
	}
	return u.Redacted()
}

// way is how a connection to one of the database's hosts is kept from others.
type way uint8

const (
	wayOpen way = iota
	wayVerified
	waySocket
)

func wayTo(host string, t *tls.Config) way {
	switch {
	case strings.HasPrefix(host, "/"):
		return waySocket
	case t != nil && !t.InsecureSkipVerify && t.ServerName != "":
		return wayVerified
	default:
		return wayOpen
	}
}

// checkDatabase asks the driver how it would connect, so that what is checked is what happens:
// every host, and every fallback it would try.
func (c *Config) checkDatabase(mistakes *Mistakes) {
	if !c.production {
		return
	}
	allSockets := false
	if parsed, err := pgconn.ParseConfig(c.Database.URL.Reveal()); err == nil && c.Database.URL.IsSet() {
		hosts := append([]*pgconn.FallbackConfig{{Host: parsed.Host, TLSConfig: parsed.TLSConfig}}, parsed.Fallbacks...)
		allSockets = c.checkHosts(hosts, mistakes)
	}
	for _, s := range settings {
		if !allSockets && s.need == byTCP && c.missing(s.name) {
			mistakes.add(s.name, "is required unless the database is a Unix socket: %s", s.doc)
		}
	}
}

// checkHosts reports the first host that is open to others, and whether all are Unix sockets.
func (c *Config) checkHosts(hosts []*pgconn.FallbackConfig, mistakes *Mistakes) (allSockets bool) {
	allSockets = true
	for _, h := range hosts {
		w := wayTo(h.Host, h.TLSConfig)
		allSockets = allSockets && w == waySocket
		if w != wayOpen {
			continue
		}
		addr, err := netip.ParseAddr(h.Host)
		switch {
		case !c.Database.PrivateNetwork:
			mistakes.add("DATABASE_URL", "must say sslmode=verify-full or use a Unix socket (or set PACELINE_DATABASE_TLS=off-private-network where the network is yours alone)")
			return false
		case err == nil && !addr.IsPrivate() && !addr.IsLoopback():
			mistakes.add("PACELINE_DATABASE_TLS", "is off, but the database has a public address")
			return false
		}
	}
	return allSockets
}
