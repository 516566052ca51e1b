package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

type setter = func(c *Config, text string) error

func text(field func(*Config) *string) setter {
	return func(c *Config, s string) error { *field(c) = s; return nil }
}

func secret(field func(*Config) *Secret) setter {
	return func(c *Config, s string) error { *field(c) = Secret{s}; return nil }
}

func integer(low, high int64, set func(*Config, int64)) setter {
	return func(c *Config, s string) error {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < low || n > high {
			return fmt.Errorf("must be a whole number from %d to %d", low, high)
		}
		set(c, n)
		return nil
	}
}

func address(field func(*Config) *string) setter {
	return func(c *Config, s string) error {
		_, port, err := net.SplitHostPort(s)
		if err == nil {
			_, err = strconv.ParseUint(port, 10, 16)
		}
		if err != nil {
			return errors.New("must be an address and a port, as 127.0.0.1:8080")
		}
		*field(c) = s
		return nil
	}
}

// localURL is how a browser on this machine reaches the address.
func localURL(addr string) string {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "http://localhost:8080" // the address has its own mistake
	}
	return "http://localhost:" + port
}

// parseOrigin takes scheme://host[:port] and nothing more.
func parseOrigin(s string) (*url.URL, bool) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Hostname() == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, false
	}
	bare := url.URL{Scheme: u.Scheme, Host: u.Host}
	return u, strings.EqualFold(bare.String(), s)
}

func setPublicURL(c *Config, s string) error {
	u, ok := parseOrigin(strings.TrimSuffix(s, "/"))
	if !ok || (c.production && u.Scheme != "https") {
		return errors.New("must be an https address without a path, as https://ride.example.com")
	}
	c.PublicURL = u
	return nil
}

func list(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func setProxies(c *Config, s string) error {
	for _, part := range list(s) {
		network, err := netip.ParsePrefix(part)
		if err != nil || network != network.Masked() {
			return fmt.Errorf("has %.60q, which is no network such as 10.0.0.0/8", part)
		}
		if network.Bits() == 0 {
			return fmt.Errorf("has %q, which trusts every client to name its own address", part)
		}
		c.Edge.TrustedProxies = append(c.Edge.TrustedProxies, network)
	}
	return nil
}

// standardPort is what a browser never writes in an Origin.
var standardPort = map[string]string{"https": "443", "http": "80"}

func setOrigins(c *Config, s string) error {
	for _, part := range list(s) {
		u, ok := parseOrigin(part)
		switch {
		case part == "*" || part == "null":
			return fmt.Errorf("has %q, which lets pages in that nobody chose", part)
		case !ok || strings.Contains(u.Host, "*") || part != strings.ToLower(part) || u.Port() == standardPort[u.Scheme]:
			return fmt.Errorf("has %.60q, which is no exact origin such as https://app.example.com", part)
		case c.production && u.Scheme != "https":
			return fmt.Errorf("has %.60q, which is not https", part)
		}
		c.Edge.CORSOrigins = append(c.Edge.CORSOrigins, part)
	}
	return nil
}

func setSMTP(c *Config, s string) error {
	u, err := url.Parse(s)
	form := errors.New("must be smtp://user@host:587 or smtps://user@host:465")
	if err != nil || (u.Scheme != "smtp" && u.Scheme != "smtps") || u.Hostname() == "" ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return form
	}
	if _, ok := u.User.Password(); ok {
		return errors.New("holds a password: put it in PACELINE_SMTP_PASSWORD")
	}
	port := map[string]uint64{"smtp": 587, "smtps": 465}[u.Scheme]
	if u.Port() != "" {
		if port, err = strconv.ParseUint(u.Port(), 10, 16); err != nil || port == 0 {
			return form
		}
	}
	c.Mail.Host, c.Mail.Port, c.Mail.ImplicitTLS = u.Hostname(), int(port), u.Scheme == "smtps"
	c.Mail.User = u.User.Username()
	return nil
}

func setMailFrom(c *Config, s string) error {
	from, err := mail.ParseAddress(s)
	if err != nil {
		return errors.New("must be a mail address, as Paceline <no-reply@example.com>")
	}
	c.Mail.From = from
	return nil
}

func setShutdown(c *Config, s string) error {
	d, err := time.ParseDuration(s)
	if err != nil || d < time.Second || d > 10*time.Minute {
		return errors.New("must be a time from 1s to 10m")
	}
	c.ShutdownTimeout = d
	return nil
}

func setLogLevel(c *Config, s string) error {
	if s != "debug" && s != "info" && s != "warn" && s != "error" {
		return errors.New("must be debug, info, warn or error")
	}
	return c.LogLevel.UnmarshalText([]byte(s))
}

func setContact(c *Config, s string) error {
	u, err := url.Parse(s)
	_, mailErr := mail.ParseAddress(strings.TrimPrefix(s, "mailto:"))
	switch {
	case err == nil && u.Scheme == "https" && u.Host != "":
	case err == nil && u.Scheme == "mailto" && mailErr == nil:
	default:
		return errors.New("must be mailto:security@example.com or an https address")
	}
	c.Security.Contact = s
	return nil
}

func setExpires(c *Config, s string) error {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return errors.New("must be a time as 2027-01-31T00:00:00Z")
	}
	c.Security.Expires = at
	return nil
}
