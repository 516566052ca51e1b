package seal

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json"
)

// block is what typed values are padded to, so that lengths tell nothing.
const block = 32

// SealValue seals any value that JSON can hold. T keeps its meaning through JSON (numbers,
// strings, times, plain structs); a time.Duration has none there and is refused.
func SealValue[T any](k *Key, where Context, v T) ([]byte, error) {
	plain, err := encode(v)
	if err != nil {
		return nil, err
	}
	return k.Seal(plain, where)
}

// OpenValue opens what SealValue sealed, or gives ErrOpen.
func OpenValue[T any](k *Key, where Context, sealed []byte) (T, error) {
	plain, err := k.Open(sealed, where)
	return decode[T](plain, err)
}

// SealOptional seals what v points to; nil stays nil, which is NULL in the database.
func SealOptional[T any](k *Key, where Context, v *T) ([]byte, error) {
	if v == nil {
		return nil, nil
	}
	return SealValue(k, where, *v)
}

// OpenOptional opens what SealOptional sealed; NULL is nil.
func OpenOptional[T any](k *Key, where Context, sealed []byte) (*T, error) {
	if sealed == nil {
		return nil, nil
	}
	v, err := OpenValue[T](k, where, sealed)
	if err != nil {
		return nil, err
	}
	return &v, nil
}

// SealSystemValue is SealSystem for a value that JSON can hold.
func SealSystemValue[T any](r *Ring, purpose string, ad []byte, v T) ([]byte, error) {
	plain, err := encode(v)
	if err != nil {
		return nil, err
	}
	return r.SealSystem(purpose, ad, plain)
}

// OpenSystemValue opens what SealSystemValue sealed, or gives ErrOpen.
func OpenSystemValue[T any](r *Ring, purpose string, ad, sealed []byte) (T, error) {
	plain, err := r.OpenSystem(purpose, ad, sealed)
	return decode[T](plain, err)
}

// TokenValue is Token for a value that JSON can hold.
func TokenValue[T any](r *Ring, purpose string, ad []byte, v T) (string, error) {
	plain, err := encode(v)
	if err != nil {
		return "", err
	}
	return r.Token(purpose, ad, plain)
}

// OpenTokenValue opens what TokenValue sealed, or gives ErrOpen.
func OpenTokenValue[T any](r *Ring, purpose string, ad []byte, token string) (T, error) {
	plain, err := r.OpenToken(purpose, ad, token)
	return decode[T](plain, err)
}

// encode gives JSON followed by spaces up to a whole block: still the same JSON.
func encode(v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("seal: a %T does not go into JSON", v) // the encoder's text may quote it
	}
	if over := len(plain) % block; over != 0 {
		plain = append(plain, bytes.Repeat([]byte{' '}, block-over)...)
	}
	return plain, nil
}

func decode[T any](plain []byte, err error) (T, error) {
	var v T
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(plain, &v); err != nil {
		// The decoder's text quotes the value.
		var zero T
		return zero, ErrOpen
	}
	return v, nil
}
