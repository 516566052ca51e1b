package config

import "net"

// check finds what is wrong with settings that are right one by one. It runs after mistakes as
// well, so each check stands back when what it compares is not there.
func (c *Config) check(mistakes *Mistakes) {
	c.checkAddresses(mistakes)
	c.checkDatabase(mistakes)
	c.checkMail(mistakes)
	c.checkArgon(mistakes)
	if c.missing("PACELINE_SECURITY_CONTACT") != c.missing("PACELINE_SECURITY_EXPIRES") {
		mistakes.add("PACELINE_SECURITY_CONTACT", "and PACELINE_SECURITY_EXPIRES belong together: set both or none")
	}
}

// checkAddresses keeps metrics and profiles off the public listener.
func (c *Config) checkAddresses(mistakes *Mistakes) {
	host, port, err := net.SplitHostPort(c.Addr)
	privateHost, privatePort, err2 := net.SplitHostPort(c.PrivateAddr)
	if err != nil || err2 != nil || port != privatePort || port == "0" {
		return
	}
	if host == privateHost || anyHost(host) || anyHost(privateHost) {
		mistakes.add("PACELINE_PRIVATE_ADDR", "must not be PACELINE_ADDR: metrics and profiles are not for the public")
	}
}

func anyHost(host string) bool {
	ip := net.ParseIP(host)
	return host == "" || ip != nil && ip.IsUnspecified()
}

func (c *Config) checkMail(mistakes *Mistakes) {
	if c.Mail.Host == "" {
		return
	}
	switch {
	case c.Mail.User != "" && c.missing("PACELINE_SMTP_PASSWORD"):
		mistakes.add("PACELINE_SMTP_PASSWORD", "is required: PACELINE_SMTP_URL names a user")
	case c.Mail.User == "" && c.Mail.Password.IsSet():
		mistakes.add("PACELINE_SMTP_PASSWORD", "is set, but PACELINE_SMTP_URL names no user")
	}
}

// checkArgon holds OWASP's floor for Argon2id: 46 MiB in one pass, or 19 MiB in two.
// https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
func (c *Config) checkArgon(mistakes *Mistakes) {
	l := c.Login
	if l.ArgonMemoryKiB == 0 || l.ArgonTime == 0 || l.ArgonParallelism == 0 {
		return
	}
	if l.ArgonMemoryKiB < 8*uint32(l.ArgonParallelism) {
		mistakes.add("PACELINE_ARGON2_MEMORY_KIB", "must be at least 8 for each lane")
		return
	}
	enough := l.ArgonMemoryKiB >= 47104 || l.ArgonTime >= 2 && l.ArgonMemoryKiB >= 19456
	if c.production && !enough {
		mistakes.add("PACELINE_ARGON2_MEMORY_KIB", "is too little: at least 47104 with a time of 1, or 19456 with 2")
	}
}

// missing says whether a setting was left unset, which is something else than set wrongly.
func (c *Config) missing(name string) bool {
	for _, l := range c.lines {
		if l.name == name {
			return !l.given
		}
	}
	return true
}
