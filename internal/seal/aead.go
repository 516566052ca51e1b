package seal

import (
	"crypto/aes"
	"crypto/cipher"
)

// newAEAD is AES-256-GCM with random nonces that the library makes and keeps in
// front of the ciphertext: there is no nonce to get wrong here.
func newAEAD(secret []byte) (cipher.AEAD, error) {
	if len(secret) != keyBytes {
		return nil, ErrNoKey
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// sealBehind appends the sealed text to a head.
func sealBehind(head []byte, a cipher.AEAD, plain, ad []byte) []byte {
	out := make([]byte, len(head), len(head)+len(plain)+a.Overhead())
	copy(out, head)
	return a.Seal(out, nil, plain, ad) //nolint:gosec // G407: this AEAD takes no nonce, it makes its own
}
