package account

import "testing"

// A code is compared whole: one wrong letter anywhere is wrong.
func TestCodesAreComparedWhole(t *testing.T) {
	t.Parallel()
	code := newCode()
	if !sameCode(code, code) {
		t.Fatal("a code is not itself")
	}
	for i := range code {
		wrong := []byte(code)
		wrong[i] = 'A' // no code has a vowel
		if sameCode(code, string(wrong)) {
			t.Errorf("letter %d doesn't matter", i)
		}
	}
	if sameCode(code, code[:len(code)-1]) || sameCode(code, code+"B") || sameCode(code, "") {
		t.Error("the length doesn't matter")
	}
}
