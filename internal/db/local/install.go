//go:build unix

package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// manager is a package manager of an operating system.
type manager struct {
	name  string
	root  bool // whether it wants root; Homebrew refuses root
	steps func(m *managing) error
}

var managers = []manager{
	{name: "apt-get", root: true, steps: apt},
	{name: "dnf", root: true, steps: dnf},
	{name: "apk", root: true, steps: apk},
	{name: "brew", root: false, steps: brew},
}

// FindOrInstall is [Find], and when there is nothing: an installation by the package manager that
// is there when we may use it (root; Homebrew: not root), else a download of the programs into a
// folder of ours. Each step and its outcome is told on progress. No server is started by it, and
// no version older than 15 installed. The error is [ErrNoPrograms] with all that was tried.
func FindOrInstall(ctx context.Context, progress io.Writer) (Programs, error) {
	p, found := Find(ctx)
	if found == nil {
		say(progress, "Found PostgreSQL %s in %s", p.Version, p.Bin)
		return p, nil
	}
	say(progress, "PostgreSQL is not installed here.")
	failures := []error{found}
	for _, m := range managers {
		if _, err := exec.LookPath(m.name); err != nil {
			continue
		}
		if root := os.Geteuid() == 0; root != m.root {
			failures = append(failures, fmt.Errorf("%s: not used, for it wants root: %t, and we are root: %t", m.name, m.root, root))
			continue
		}
		say(progress, "Installing PostgreSQL with %s ...", m.name)
		err := m.steps(&managing{ctx: ctx, progress: progress})
		if err == nil {
			p, err = Find(ctx)
		}
		if err == nil {
			say(progress, "  done: PostgreSQL %s in %s", p.Version, p.Bin)
			return p, nil
		}
		say(progress, "  failed: %v", err)
		failures = append(failures, fmt.Errorf("%s: %w", m.name, err))
	}
	p, err := download(ctx, downloadFolder(), "", progress)
	if err == nil {
		return p, nil
	}
	say(progress, "  failed: %v", err)
	return Programs{}, errors.Join(append(failures, fmt.Errorf("download: %w", err))...)
}

// managing runs a package manager's commands.
type managing struct {
	ctx      context.Context
	progress io.Writer
}

// run runs one command and returns what it printed.
func (m *managing) run(args ...string) (string, error) {
	say(m.progress, "  %s", strings.Join(args, " "))
	cmd := exec.CommandContext(m.ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		said := out.String()
		return "", fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(said[max(0, len(said)-1000):]))
	}
	return out.String(), nil
}

// offered runs a question about the package and refuses an answer older than we can use. offer
// finds the major version in it.
func (m *managing) offered(offer *regexp.Regexp, question ...string) error {
	said, err := m.run(question...)
	if err != nil {
		return err
	}
	found := offer.FindStringSubmatch(said)
	if found == nil {
		return errors.New("it offers no PostgreSQL")
	}
	if major, err := strconv.Atoi(found[1]); err != nil || major < OldestMajor {
		return fmt.Errorf("it offers PostgreSQL %s, older than %d", found[1], OldestMajor)
	}
	return nil
}

var (
	aptOffer = regexp.MustCompile(`Candidate: (\d+)`)
	dnfOffer = regexp.MustCompile(`(?m)^Version\s*: (\d+)`)
	apkOffer = regexp.MustCompile(`(?m)^postgresql(\d+)`)
)

// createCluster is where Debian's packages look whether to make and start a cluster of their own.
const createCluster = "/etc/postgresql-common/createcluster.conf"

func apt(m *managing) error {
	if _, err := m.run("apt-get", "update"); err != nil {
		return err
	}
	if err := m.offered(aptOffer, "apt-cache", "policy", "postgresql"); err != nil {
		return err
	}
	install := []string{"apt-get", "install", "-y", "--no-install-recommends"}
	if _, err := m.run(append(install, "postgresql-common")...); err != nil {
		return err
	}
	before, err := os.ReadFile(createCluster)
	if err != nil {
		return err
	}
	write := func(content []byte) error {
		return os.WriteFile(createCluster, content, 0o644) //nolint:gosec // the path is a constant
	}
	if err := write(append(bytes.Clone(before), "\ncreate_main_cluster = false\n"...)); err != nil {
		return err
	}
	_, err = m.run(append(install, "postgresql")...)
	return errors.Join(err, write(before)) // the machine's own choice again
}

func dnf(m *managing) error {
	if err := m.offered(dnfOffer, "dnf", "-q", "info", "postgresql-server"); err != nil {
		return err
	}
	_, err := m.run("dnf", "install", "-y", "--setopt=install_weak_deps=False", "postgresql-server", "postgresql-contrib")
	return err
}

func apk(m *managing) error {
	if err := m.offered(apkOffer, "apk", "--update-cache", "search", "--exact", "postgresql18", "postgresql17", "postgresql16", "postgresql15"); err != nil {
		return err
	}
	_, err := m.run("apk", "add", "postgresql", "postgresql-contrib")
	return err
}

func brew(m *managing) error {
	_, err := m.run("brew", "install", "postgresql@18")
	return err
}
