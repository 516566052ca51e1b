// Package deploy holds what runs Paceline in containers. The tests hold it to
// what the program really takes: a setting that is renamed fails here.
package deploy

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/paceline/paceline/internal/config"
)

var (
	inCompose = regexp.MustCompile(`(?m)^ +((?:PACELINE|DATABASE)_[A-Z_]+): (.+)$`)
	inImage   = regexp.MustCompile(`(?m)^(?:ENV)? +((?:PACELINE)_[A-Z_]+)=(\S+)`)
	inExample = regexp.MustCompile(`(?m)^#?((?:PACELINE|DATABASE)_[A-Z_]+)=(.+)$`)
)

// settings are the names and values that a pattern finds in a text.
func settings(t *testing.T, pattern *regexp.Regexp, text string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		found[m[1]] = m[2]
	}
	if len(found) == 0 {
		t.Fatal("nothing is set")
	}
	return found
}

// service is what compose.yaml says of one service, and of the database for all.
func service(t *testing.T, name string) string {
	t.Helper()
	text := read(t, "../compose.yaml")
	shared, services, _ := strings.Cut(text, "\nservices:\n")
	part := regexp.MustCompile(`(?m)^  ` + name + `:\n((?:    .*\n|\n)+)`).FindStringSubmatch(services)
	if part == nil {
		t.Fatalf("compose.yaml has no service %s", name)
	}
	return shared + "\n" + part[1]
}

// environ puts settings as a process gets them, with the secrets of a folder.
func environ(folder string, all map[string]string) []string {
	var out []string
	for name, value := range all {
		out = append(out, name+"="+strings.ReplaceAll(value, "/run/secrets", folder+"/secrets"))
	}
	return out
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
		if err := os.WriteFile(filepath.Join(folder, name), []byte(read(t, name)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), "bash", filepath.Join(folder, "make-secrets.sh")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return folder
}

func TestTheProgramAcceptsWhatComposeSets(t *testing.T) {
	t.Parallel()
	folder := secrets(t)
	if err := os.WriteFile(filepath.Join(folder, "secrets/smtp_password"), []byte("mail password"), 0o644); err != nil {
		t.Fatal(err)
	}
	all := settings(t, inImage, read(t, "../Dockerfile"))
	maps.Copy(all, settings(t, inCompose, service(t, "paceline")))
	maps.Copy(all, settings(t, inExample, read(t, filepath.Join(folder, "paceline.env"))))
	if _, err := config.Serve(environ(folder, all)); err != nil {
		t.Fatal(err)
	}
	maps.Copy(all, settings(t, inCompose, service(t, "migrate")))
	if c, err := config.Migrate(environ(folder, all)); err != nil || c.Database.AdminUser != "postgres" || !c.Database.Admin.IsSet() {
		t.Fatalf("migrate would not make the roles: %v", err)
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
	if out, err := exec.CommandContext(t.Context(), "bash", filepath.Join(folder, "make-secrets.sh")).CombinedOutput(); err != nil || len(out) > 0 {
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
