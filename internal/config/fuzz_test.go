package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/config"
)

// An environment is read, or all that is wrong with it is listed by name; neither the
// list nor what is printed of a configuration holds a secret. Files are TestFilesAreTrimmedOnce's.
func FuzzEnvironment(f *testing.F) {
	for _, seed := range []string{
		"PACELINE_TRUSTED_PROXIES=10.0.0.0/8,0.0.0.0/0\nPACELINE_CORS_ORIGINS=https://a.test,*", "PACELINE_ADDR=:99999", "PACELINE_SMTP_URL=smtp://a:b@c",
		"DATABASE_URL=postgres://u:" + marker + "@h/d?sslmode=disable", "DATABASE_URL=postgres://%zz", "PACELINE_ARGON2_MEMORY_KIB=-1\nPACELINE_LOG_LEVEL=loud",
		"PACELINE_PUBLIC_URL=https://a.test/x", "PACELINE_MAIL_FROM=a", "PACELINE_SHUTDOWN_TIMEOUT=1e9h", "PACELINE_X=1\n=\nDATABASE_APP_PASSWORD=\x00" + marker,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, lines string) {
		var changes []string
		for line := range strings.SplitSeq(lines, "\n") {
			if name, _, _ := strings.Cut(line, "="); strings.HasSuffix(name, "_FILE") || len(line) > 1<<10 || strings.HasPrefix(line, "PG") {
				continue
			}
			changes = append(changes, line)
		}
		for _, read := range []func([]string) (*config.Config, error){config.Serve, config.Migrate, config.Dev} {
			c, err := read(production(changes...))
			if (c == nil) == (err == nil) {
				t.Fatal("neither a configuration nor a mistake, or both")
			}
			if err != nil {
				if mistakes, ok := errors.AsType[config.Mistakes](err); !ok || len(mistakes) == 0 || mistakes[0].Name == "" || mistakes[0].Problem == "" {
					t.Fatalf("refused with %v", err)
				}
				if strings.Contains(err.Error(), marker) && !strings.Contains(lines, marker) {
					t.Fatalf("a mistake shows a secret: %v", err)
				}
				continue
			}
			var printed strings.Builder
			if err := c.Print(&printed); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(printed.String(), marker) && !strings.Contains(lines, marker) {
				t.Fatalf("printed: %s", &printed)
			}
			if c.Edge.TrustedProxies != nil {
				for _, p := range c.Edge.TrustedProxies {
					if p.Bits() == 0 || p != p.Masked() {
						t.Fatalf("%v is trusted", p)
					}
				}
			}
		}
	})
}
