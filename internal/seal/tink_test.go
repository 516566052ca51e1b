package seal

import (
	"bytes"
	"crypto/rand"
	"testing"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
)

// The format is Tink's AES-GCM: what either seals the other opens, and what was
// sealed before the standard library did it stays readable.
func TestTinkOpensWhatWeSeal(t *testing.T) {
	t.Parallel()
	secret := make([]byte, keyBytes)
	_, _ = rand.Read(secret)
	ours, err := newAEAD(secret)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := subtle.NewAESGCM(secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, plain := range [][]byte{{}, []byte("x"), bytes.Repeat([]byte("long "), 4000)} {
		ad := []byte("a place")
		got, err := theirs.Decrypt(sealBehind(nil, ours, plain, ad), ad)
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("Tink opens %d bytes of ours: %v", len(plain), err)
		}
		box, err := theirs.Encrypt(plain, ad)
		if err != nil {
			t.Fatal(err)
		}
		got, err = ours.Open(nil, nil, box, ad)
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("we open %d bytes of Tink's: %v", len(plain), err)
		}
		if _, err := ours.Open(nil, nil, box, []byte("another place")); err == nil {
			t.Error("it opens in another place")
		}
	}
	if _, err := newAEAD(secret[:16]); err == nil {
		t.Error("a short key is a key")
	}
}
