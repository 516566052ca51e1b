package config

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
)

const (
	prefix     = "PACELINE_"
	fileSuffix = "_FILE"
	maxFile    = 64 << 10
)

type origin string

const (
	fromDefault origin = "default"
	fromEnv     origin = "environment"
	fromFile    origin = "file"
)

// read parses every setting and then checks them together, so that one run finds all mistakes.
func read(environ []string, production bool) (*Config, error) {
	c, mistakes := parse(environ, production)
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return c, nil
}

func parse(environ []string, production bool) (*Config, Mistakes) {
	env := make(map[string]string, len(environ))
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok {
			env[name] = value
		}
	}
	c := &Config{production: production}
	var mistakes Mistakes
	for _, s := range settings {
		text, from, ok := lookup(env, s.name, &mistakes)
		if ok && text == "" {
			text, from = s.fallback(c), fromDefault
		}
		c.lines = append(c.lines, newLine(s, text, from, ok))
		switch {
		case !ok:
		case text == "":
			if production && s.need == always {
				mistakes.add(s.name, "is required: %s", s.doc)
			}
		case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }):
			mistakes.add(s.name, "holds a control character or more than one line")
		default:
			if err := s.set(c, text); err != nil {
				mistakes.add(s.name, "%s", err)
			}
		}
	}
	unknown(env, &mistakes)
	c.check(&mistakes)
	return c, mistakes
}

// lookup finds a value and where it came from. It reports false after a mistake of its own.
func lookup(env map[string]string, name string, mistakes *Mistakes) (string, origin, bool) {
	value, path := env[name], env[name+fileSuffix]
	switch {
	case value != "" && path != "":
		mistakes.add(name, "and %s%s are both set: leave one", name, fileSuffix)
		return "", fromEnv, false
	case path == "":
		return value, fromEnv, true
	}
	text, problem := readValue(path)
	if problem == "" && name == "PACELINE_KEYRING" && strings.HasPrefix(text, "{") {
		problem = "names the key ring itself, but should name a file with the ring's path: use PACELINE_KEYRING"
	}
	if problem != "" {
		mistakes.add(name+fileSuffix, "%s", problem)
		return "", fromFile, false
	}
	return text, fromFile, true
}

func readValue(path string) (text, problem string) {
	f, err := os.Open(path)
	if err != nil {
		return "", "cannot be read: " + reason(err)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return "", "cannot be read: " + reason(err)
	case len(raw) > maxFile:
		return "", "names a file of more than 64 KiB"
	}
	text = strings.TrimSuffix(strings.TrimSuffix(string(raw), "\n"), "\r")
	if text == "" {
		return "", "names an empty file"
	}
	return text, ""
}

// reason is an error's cause without the path: the operator may have put a secret there.
func reason(err error) string {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Err.Error()
	}
	return "it is no readable file"
}

// unknown reports PACELINE_ names that nobody reads: a misspelt limit must not be silently off.
func unknown(env map[string]string, mistakes *Mistakes) {
	known := make([]string, 0, 2*len(settings))
	for _, s := range settings {
		known = append(known, s.name, s.name+fileSuffix)
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if !strings.HasPrefix(name, prefix) || slices.Contains(known, name) {
			continue
		}
		if meant := nearest(name, known); meant != "" {
			mistakes.add(name, "is not a setting; did you mean %s?", meant)
		} else {
			mistakes.add(name, "is not a setting")
		}
	}
}
