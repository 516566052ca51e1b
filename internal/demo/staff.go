package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/fault"
)

// Keeper is the demo world's one account of staff: an administrator, made as an operator makes the first one.
const Keeper = "tess"

// KeeperPassword is what it signs in with, besides a code: one that an operator may choose, too.
const KeeperPassword = "four hills, two rivers, one demo" //nolint:gosec // published, and good for nothing without the factor

// FactorFile is the file in the data folder that keeps the secret of Keeper's second factor, in base32. It is
// drawn for each world, as everybody's is, and nobody else is told.
const FactorFile = "tess-second-factor"

// Staff signs Keeper in, proved by the second factor, and gives the token. The first time it makes the account.
func Staff(ctx context.Context, handler http.Handler, accounts Accounts, factorFile string, now time.Time) (token string, err error) {
	_, err = accounts.CreateAdmin(ctx, now, account.Registration{
		Email: Email(Keeper), Password: KeeperPassword, Username: Keeper, DisplayName: "Tess", BirthDate: time.Date(1985, 6, 7, 0, 0, 0, 0, time.UTC),
	})
	if err != nil && !errors.Is(err, fault.Conflict("email_taken", "")) {
		return "", err
	}
	c := client{handler: handler}
	login := map[string]any{"email": Email(Keeper), "password": KeeperPassword}
	var tokens struct {
		AccessToken string `json:"access_token"`
	}
	if err := c.read(ctx, http.MethodPost, "/v1/auth/login", login, &tokens); err == nil {
		c.token = tokens.AccessToken
		return c.token, c.enrol(ctx, factorFile, now)
	}
	// It has a factor already. A code is good once, so that of the next half minute is taken as well.
	secret, err := os.ReadFile(factorFile)
	if err != nil {
		return "", fmt.Errorf("the second factor of %s: %w", Keeper, err)
	}
	for _, at := range []time.Time{now, now.Add(30 * time.Second)} {
		if login["otp"], err = totp.GenerateCode(strings.TrimSpace(string(secret)), at); err != nil {
			return "", err
		}
		if err = c.read(ctx, http.MethodPost, "/v1/auth/login", login, &tokens); err == nil {
			return tokens.AccessToken, nil
		}
	}
	return "", err
}

// enrol gives who is signed in a second factor, and proves the session by it.
func (c client) enrol(ctx context.Context, factorFile string, now time.Time) error {
	var factor struct {
		ID     string `json:"id"`
		Secret string `json:"secret"`
	}
	made, err := c.do(ctx, http.MethodPost, "/v1/me/second-factors", map[string]any{"password": KeeperPassword, "name": FactorFile})
	if err := into(made, err, &factor, http.MethodPost, "/v1/me/second-factors", http.StatusCreated); err != nil {
		return err
	}
	// Before it counts: without the file nobody could sign in any more.
	if err := os.WriteFile(factorFile, []byte(factor.Secret+"\n"), 0o600); err != nil {
		return err
	}
	code, err := totp.GenerateCode(factor.Secret, now)
	if err != nil {
		return err
	}
	return c.want(ctx, http.MethodPost, "/v1/me/second-factors/"+factor.ID+"/confirm", map[string]any{"otp": code}, http.StatusOK)
}
