// Package deploy holds what runs Paceline in containers. The tests hold it to
// what the program really takes: a setting that is renamed fails here.
package deploy

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/config"
	"github.com/paceline/paceline/internal/db"
)

var (
	inCompose = regexp.MustCompile(`(?m)^ +((?:PACELINE|DATABASE)_[A-Z_]+): (.+)$`)
	inImage   = regexp.MustCompile(`(?m)^(?:ENV)? +((?:PACELINE)_[A-Z_]+)=(\S+)`)
	inExample = regexp.MustCompile(`(?m)^#?((?:PACELINE|DATABASE)_[A-Z_]+)=(.+)$`)
)

// settings are the names and values that a pattern finds in a file.
func settings(t *testing.T, pattern *regexp.Regexp, path string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, m := range pattern.FindAllStringSubmatch(read(t, path), -1) {
		found[m[1]] = m[2]
	}
	if len(found) == 0 {
		t.Fatalf("%s sets nothing", path)
	}
	return found
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// secrets runs make-secrets.sh in a copy of this folder and gives the copy.
func secrets(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"make-secrets.sh", "paceline.env.example"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(read(t, name)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), filepath.Join(folder, "make-secrets.sh")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return folder
}

func TestTheServiceAcceptsWhatComposeSets(t *testing.T) {
	t.Parallel()
	folder := secrets(t)
	if err := os.WriteFile(filepath.Join(folder, "secrets/smtp_password"), []byte("mail password"), 0o644); err != nil {
		t.Fatal(err)
	}
	all := settings(t, inImage, "../Dockerfile")
	maps.Copy(all, settings(t, inCompose, "../compose.yaml"))
	maps.Copy(all, settings(t, inExample, filepath.Join(folder, "paceline.env")))
	var environ []string
	for name, value := range all {
		environ = append(environ, name+"="+strings.ReplaceAll(value, "/run/secrets", folder+"/secrets"))
	}
	if _, err := config.Serve(environ); err != nil {
		t.Fatal(err)
	}
	for name := range all {
		if !strings.Contains(config.Docs(), "`"+strings.TrimSuffix(name, "_FILE")+"`") {
			t.Errorf("%s is no setting", name)
		}
	}
}

func TestSecretsAreMadeOnceAndDiffer(t *testing.T) {
	t.Parallel()
	folder := secrets(t)
	files, err := filepath.Glob(filepath.Join(folder, "secrets", "*_password"))
	if err != nil {
		t.Fatal(err)
	}
	before := map[string]string{}
	for _, file := range files {
		before[file] = read(t, file)
	}
	if out, err := exec.CommandContext(t.Context(), filepath.Join(folder, "make-secrets.sh")).CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("the second run: %v: %s", err, out)
	}
	seen := map[string]bool{}
	for _, file := range files {
		password := read(t, file)
		if password != before[file] {
			t.Errorf("%s was made again", filepath.Base(file))
		}
		if filepath.Base(file) != "smtp_password" && len(password) != 64 || seen[password] {
			t.Errorf("%s has no 256 bits of its own", filepath.Base(file))
		}
		seen[password] = true
	}
	info, err := os.Stat(filepath.Join(folder, "secrets"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("others can enter the folder: %v %v", info.Mode(), err)
	}
}

func TestRolesAreTheProgramsOwn(t *testing.T) {
	t.Parallel()
	var made []string
	for _, m := range regexp.MustCompile(`(?m)^CREATE ROLE (\w+) LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD`).
		FindAllStringSubmatch(read(t, "postgres/roles.sh"), -1) {
		made = append(made, m[1])
	}
	slices.Sort(made)
	want := []string{db.RoleApp, db.RoleAuth, db.RoleMigrator, db.RoleWorker}
	slices.Sort(want)
	if !slices.Equal(made, want) {
		t.Errorf("roles.sh makes %v, the program uses %v", made, want)
	}
}
