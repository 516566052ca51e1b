package dpop_test

import (
	"crypto"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/paceline/paceline/internal/dpop"
)

func TestWhatIsTakenAndRefused(t *testing.T) {
	t.Parallel()
	ec, ed := header("ES256", jwk(ecKey)), header("EdDSA", jwk(edKey))
	with := func(member string) string { return strings.Replace(ec, `{`, `{`+member+`,`, 1) }
	inKey := func(member string) string { return strings.Replace(ec, `"kty"`, member+`,"kty"`, 1) }
	seal := func(head string) string { return sealed(ecKey, head, payload()) }
	claim := func(changes ...string) string { return sealed(ecKey, ec, payload(changes...)) }
	good := claim()
	point := strings.Split(good, ".")
	hs := header("HS256", `{"kty":"oct","k":"`+b64(secret)+`"}`)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(b64([]byte(hs)) + "." + b64([]byte(payload()))))
	rsa := `{"kty":"RSA","e":"AQAB","n":"` + b64([]byte("\xc1"+strings.Repeat("n", 255))) + `"}`
	p384 := newEC(elliptic.P384())

	for name, c := range map[string]struct {
		proof string
		want  error
	}{
		"ES256":                       {good, nil},
		"EdDSA":                       {sealed(edKey, ed, payload()), nil},
		"members nobody knows":        {sealed(ecKey, inKey(`"kid":"1","use":"sig","key_ops":["verify"],"ext":true`), payload(`{"jti"`, `{"exp":1,"jti"`)), nil},
		"a fraction of a second":      {claim(`1800000000`, `1799999999.5`), nil},
		"the edge of old":             {claim(`1800000000`, `1799999940`), nil},
		"the edge of the future":      {claim(`1800000000`, `1800000060`), nil},
		"old":                         {claim(`1800000000`, `1799999939`), dpop.ErrOld},
		"from the future":             {claim(`1800000000`, `1800000061`), dpop.ErrFuture},
		"as old as can be":            {claim(`1800000000`, `-1e308`), dpop.ErrOld},
		"as far away as can be":       {claim(`1800000000`, `1e308`), dpop.ErrFuture},
		"no number":                   {claim(`1800000000`, `1e400`), dpop.ErrClaims},
		"a moment in words":           {claim(`1800000000`, `"1800000000"`), dpop.ErrClaims},
		"no moment":                   {claim(`"iat":1800000000,`, ``), dpop.ErrClaims},
		"null for a moment":           {claim(`1800000000`, `null`), dpop.ErrClaims},
		"no id":                       {claim(`"jti":"0123456789abcdef",`, ``), dpop.ErrID},
		"the longest id":              {claim(`0123456789abcdef`, strings.Repeat("i", 128)), nil},
		"a longer id":                 {claim(`0123456789abcdef`, strings.Repeat("i", 129)), dpop.ErrID},
		"an id that is a number":      {claim(`"0123456789abcdef"`, `17`), dpop.ErrClaims},
		"another method":              {claim(`POST`, `GET`), dpop.ErrMethod},
		"a method in small letters":   {claim(`POST`, `post`), dpop.ErrMethod},
		"no method":                   {claim(`"htm":"POST",`, ``), dpop.ErrMethod},
		"another URL":                 {claim(target, target+"/x"), dpop.ErrURL},
		"no URL":                      {claim(`"htu":"`+target+`",`, ``), dpop.ErrURL},
		"another token":               {claim(`"ath":"`, `"ath":"x`), dpop.ErrHash},
		"no ath":                      {claim(`"ath"`, `"atH"`), dpop.ErrHash},
		"a claim twice":               {claim(`{"jti"`, `{"jti":"another","jti"`), dpop.ErrClaims},
		"a claim twice, spelt apart":  {claim(`{"jti"`, `{"j\u0074i":"another","jti"`), dpop.ErrClaims},
		"claims in an array":          {sealed(ecKey, ec, "["+payload()+"]"), dpop.ErrClaims},
		"something after the claims":  {sealed(ecKey, ec, payload()+"{}"), dpop.ErrClaims},
		"claims that are no UTF-8":    {claim(`0123456789abcdef`, "\xff"), dpop.ErrClaims},
		"no claims":                   {sealed(ecKey, ec, ""), dpop.ErrClaims},
		"another's signature":         {sealed(newEC(elliptic.P256()), ec, payload()), dpop.ErrSignature},
		"a changed claim":             {point[0] + "." + b64([]byte(payload("POST", "GET"))) + "." + point[2], dpop.ErrSignature},
		"no signature":                {point[0] + "." + point[1] + ".", dpop.ErrSignature},
		"a signature of zeros":        {point[0] + "." + point[1] + "." + b64(make([]byte, 64)), dpop.ErrSignature},
		"alg none":                    {b64([]byte(header("none", jwk(ecKey)))) + "." + point[1] + ".", dpop.ErrAlgorithm},
		"alg None":                    {seal(header("None", jwk(ecKey))), dpop.ErrAlgorithm},
		"HS256":                       {b64([]byte(hs)) + "." + point[1] + "." + b64(mac.Sum(nil)), dpop.ErrAlgorithm},
		"RS256":                       {seal(header("RS256", rsa)), dpop.ErrAlgorithm},
		"PS256":                       {seal(header("PS256", rsa)), dpop.ErrAlgorithm},
		"ES384":                       {sealed(p384, header("ES384", jwk(p384)), payload()), dpop.ErrAlgorithm},
		"no alg":                      {seal(`{"typ":"dpop+jwt","jwk":` + jwk(ecKey) + `}`), dpop.ErrAlgorithm},
		"ES256 by RSA":                {seal(header("ES256", rsa)), dpop.ErrKey},
		"ES256 on P-384":              {sealed(p384, header("ES256", jwk(p384)), payload()), dpop.ErrKey},
		"ES256 by Ed25519":            {sealed(edKey, header("ES256", jwk(edKey)), payload()), dpop.ErrKey},
		"EdDSA on P-256":              {seal(header("EdDSA", jwk(ecKey))), dpop.ErrKey},
		"X25519":                      {sealed(edKey, strings.Replace(ed, "Ed25519", "X25519", 1), payload()), dpop.ErrKey},
		"a key of low order":          {sealed(edKey, header("EdDSA", `{"kty":"OKP","crv":"Ed25519","x":"`+b64(make([]byte, 32))+`"}`), payload()), dpop.ErrKey},
		"a point beside the curve":    {seal(header("ES256", `{"kty":"EC","crv":"P-256","x":"`+b64(make([]byte, 32))+`","y":"`+b64(make([]byte, 32))+`"}`)), dpop.ErrKey},
		"a short coordinate":          {seal(header("ES256", `{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}`)), dpop.ErrKey},
		"no key":                      {seal(`{"typ":"dpop+jwt","alg":"ES256"}`), dpop.ErrKey},
		"a key that is a word":        {seal(header("ES256", `"key"`)), dpop.ErrKey},
		"null for a key":              {seal(header("ES256", `null`)), dpop.ErrKey},
		"a private key":               {seal(inKey(`"d":"` + b64(secret) + `"`)), dpop.ErrPrivateKey},
		"null for a private key":      {seal(inKey(`"d":null`)), dpop.ErrPrivateKey},
		"a symmetric key":             {seal(inKey(`"k":"AA"`)), dpop.ErrPrivateKey},
		"another kind of private key": {seal(inKey(`"priv":"AA"`)), dpop.ErrPrivateKey},
		"a certificate in the key":    {seal(inKey(`"x5c":["AA=="]`)), dpop.ErrHeader},
		"a certificate":               {seal(with(`"x5c":["AA=="]`)), dpop.ErrHeader},
		"a key elsewhere":             {seal(with(`"jku":"https://evil.example"`)), dpop.ErrHeader},
		"crit":                        {seal(with(`"crit":["exp"],"exp":1`)), dpop.ErrHeader},
		"crit with what jose knows":   {seal(with(`"crit":["b64"],"b64":true`)), dpop.ErrHeader},
		"an empty crit":               {seal(with(`"crit":[]`)), dpop.ErrHeader},
		"b64":                         {seal(with(`"b64":false`)), dpop.ErrHeader},
		"another typ":                 {seal(strings.Replace(ec, "dpop+jwt", "JWT", 1)), dpop.ErrType},
		"typ in capitals":             {seal(strings.Replace(ec, "dpop+jwt", "DPoP+jwt", 1)), dpop.ErrType},
		"no typ":                      {seal(strings.Replace(ec, `"typ":"dpop+jwt",`, "", 1)), dpop.ErrType},
		"typ under a capital":         {seal(strings.Replace(ec, `"typ"`, `"Typ"`, 1)), dpop.ErrType},
		"alg twice":                   {seal(with(`"alg":"none"`)), dpop.ErrForm},
		"a coordinate twice":          {seal(inKey(`"x":"AA"`)), dpop.ErrForm},
		"a header in an array":        {seal("[" + ec + "]"), dpop.ErrForm},
		"no header":                   {seal(""), dpop.ErrForm},
		"an unsigned header as JSON":  {`{"payload":"` + point[1] + `","protected":"` + point[0] + `","signature":"` + point[2] + `"}`, dpop.ErrForm},
		"two parts":                   {point[0] + "." + point[1], dpop.ErrForm},
		"four parts":                  {good + ".AA", dpop.ErrForm},
		"nothing":                     {"", dpop.ErrForm},
		"two in one header":           {good + "," + good, dpop.ErrForm},
		"a line break":                {point[0] + "\n." + point[1] + "." + point[2], dpop.ErrForm},
		"padding":                     {good + "==", dpop.ErrForm},
		"the other base64":            {point[0] + "." + point[1] + ".+/+/", dpop.ErrForm},
		"bits left over":              {good[:len(good)-1] + "B", dpop.ErrForm},
		"at most as long as allowed":  {padded(ec, 4096), nil},
		"a byte longer":               {padded(ec, 4096) + "A", dpop.ErrSize},
		"a megabyte":                  {strings.Repeat("A", 1<<20), dpop.ErrSize},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := verifier(t).Verify([]string{c.proof}, ask)
			if !errors.Is(err, c.want) {
				t.Fatalf("%v, want %v", err, c.want)
			}
			if err != nil && p != (dpop.Proof{}) {
				t.Error("a refused proof says something")
			}
		})
	}
}

// padded is a good proof of that many bytes.
func padded(head string, size int) string {
	for n := 0; ; n++ {
		proof := sealed(ecKey, head, payload(`{"jti"`, `{"pad":"`+strings.Repeat("p", n)+`","jti"`))
		if len(proof) == size {
			return proof
		}
		n += max(0, (size-len(proof))*3/4-8)
	}
}

func TestExactlyOneProof(t *testing.T) {
	t.Parallel()
	good := sealed(ecKey, header("ES256", jwk(ecKey)), payload())
	for _, proofs := range [][]string{nil, {}, {good, good}, {good, ""}} {
		if _, err := verifier(t).Verify(proofs, ask); !errors.Is(err, dpop.ErrCount) {
			t.Errorf("%d proofs: %v", len(proofs), err)
		}
	}
}

// Without a token there is nothing for ath to be compared with.
func TestNoTokenAsksForNoHash(t *testing.T) {
	t.Parallel()
	r := ask
	r.AccessToken = ""
	for _, change := range []string{"ath", "atH"} {
		proof := sealed(ecKey, header("ES256", jwk(ecKey)), payload(`"ath"`, `"`+change+`"`))
		if _, err := verifier(t).Verify([]string{proof}, r); err != nil {
			t.Error(change, err)
		}
	}
}

func TestReplayKey(t *testing.T) {
	t.Parallel()
	verify := func(key crypto.Signer, alg, p string) dpop.Proof {
		t.Helper()
		proof, err := verifier(t).Verify([]string{sealed(key, header(alg, jwk(key)), p)}, ask)
		if err != nil {
			t.Fatal(err)
		}
		return proof
	}
	first, again := verify(ecKey, "ES256", payload()), verify(ecKey, "ES256", payload(`1800000000`, `1800000001.5`))
	if first.Replay != again.Replay {
		t.Error("one key and one jti have two replay keys: another moment gets round it")
	}
	if first.Replay == verify(edKey, "EdDSA", payload()).Replay {
		t.Error("two keys share a replay key: one console can lock another out")
	}
	if first.Replay == verify(ecKey, "ES256", payload(`0123456789abcdef`, `0123456789abcdeg`)).Replay {
		t.Error("two jti share a replay key")
	}
	jkt, err := base64.RawURLEncoding.DecodeString(first.JKT)
	if want := sha256.Sum256([]byte("dpop replay v1" + string(jkt) + "0123456789abcdef")); err != nil || first.Replay != want {
		t.Error("it is another hash")
	}
	// iat + Window is the last moment at which it is taken; a minute is for clocks that differ.
	if want := now.Add(2 * time.Minute); !first.Until.Equal(want) {
		t.Errorf("remembered until %s, want %s", first.Until, want)
	}
	if want := now.Add(2*time.Minute + 2*time.Second); !again.Until.Equal(want) {
		t.Errorf("remembered until %s, want %s", again.Until, want)
	}
}

func TestAnotherKey(t *testing.T) {
	t.Parallel()
	good := sealed(ecKey, header("ES256", jwk(ecKey)), payload())
	p, err := verifier(t).Verify([]string{good}, ask)
	if err != nil || len(p.JKT) != 43 {
		t.Fatal(p.JKT, err)
	}
	if err := p.BoundTo(signer(t, ecKey).JKT()); err != nil {
		t.Error(err)
	}
	for _, jkt := range []string{"", signer(t, edKey).JKT(), p.JKT[:42], p.JKT + "A", strings.ToLower(p.JKT)} {
		if !errors.Is(p.BoundTo(jkt), dpop.ErrBinding) {
			t.Errorf("it is bound to %q, too", jkt)
		}
	}
	if !errors.Is(dpop.Proof{}.BoundTo(""), dpop.ErrBinding) {
		t.Error("no proof is bound to no key")
	}
}

func TestErrorsAreTyped(t *testing.T) {
	t.Parallel()
	_, err := verifier(t).Verify(nil, ask)
	refused, ok := errors.AsType[dpop.Error](fmt.Errorf("wrapped: %w", err))
	if !ok || refused != dpop.ErrCount || refused.NonceHelps() {
		t.Error(err)
	}
	for _, e := range []dpop.Error{dpop.ErrOld, dpop.ErrFuture, dpop.ErrNonce} {
		if !e.NonceHelps() {
			t.Errorf("%v: a nonce would help", e)
		}
	}
}

// A caller that left something out gets no proof that left it out, too.
func TestNothingEqualsNothing(t *testing.T) {
	t.Parallel()
	none := sealed(ecKey, header("ES256", jwk(ecKey)), `{"jti":"1","iat":1800000000}`)
	if _, err := verifier(t).Verify([]string{none}, dpop.Request{At: now}); !errors.Is(err, dpop.ErrMethod) {
		t.Errorf("no method: %v", err)
	}
	none = sealed(ecKey, header("ES256", jwk(ecKey)), `{"jti":"1","iat":1800000000,"htm":"GET"}`)
	if _, err := verifier(t).Verify([]string{none}, dpop.Request{Method: "GET", At: now}); !errors.Is(err, dpop.ErrURL) {
		t.Errorf("no URL: %v", err)
	}
}
