package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What is red is told, with what it printed: a test, a package that doesn't build,
// one that ends before its tests. Of what is green, the figures are.
func TestReportTellsWhatIsRed(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, content := range map[string]string{
		"go.mod":           "module example.test/m\n\ngo 1.26\n",
		"green/a_test.go":  "package green\nimport \"testing\"\nfunc TestEngine(t *testing.T) { t.Log(\"12 requests\\n  11 of them\\n   1 late\") }\nfunc TestOther(t *testing.T) { t.Log(\"unsaid\") }\n",
		"red/a_test.go":    "package red\nimport \"testing\"\nfunc TestWrong(t *testing.T) { t.Run(\"inner\", func(t *testing.T) { t.Error(\"it is wrong\") }) }\n",
		"broken/a_test.go": "package broken\nfunc nothing() { undeclared() }\n",
		"panics/a_test.go": "package panics\nimport \"testing\"\nfunc TestMain(*testing.M) { panic(\"before the tests\") }\nfunc TestNever(t *testing.T) {}\n",
	} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	test := exec.CommandContext(t.Context(), "go", "test", "-json", "-vet=off", "./...")
	test.Dir = folder
	out, err := test.Output()
	if err == nil {
		t.Fatal("all is green")
	}
	var told bytes.Buffer
	r := newReport(&told)
	if err := r.read(bytes.NewReader(out)); err != nil {
		t.Fatal(err)
	}
	if r.passed != 2 || r.red != 3 {
		t.Errorf("%d passed and %d are red", r.passed, r.red)
	}
	for _, want := range []string{"it is wrong", "undefined: undeclared", "before the tests", "    12 requests\n      11 of them\n       1 late\n"} {
		if strings.Count(told.String(), want) != 1 {
			t.Errorf("it doesn't say %q once", want)
		}
	}
	if strings.Contains(told.String(), "unsaid") {
		t.Error("it says what is no figure")
	}
	if t.Failed() {
		t.Logf("%s", &told)
	}
}
