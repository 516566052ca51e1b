package dto

import (
	"time"

	"github.com/paceline/paceline/internal/account"
	"github.com/paceline/paceline/internal/pairing"
	"github.com/paceline/paceline/internal/privacy"
)

// ConsoleCodesBody is what a console that asked shows and polls with: the codes are made
// for this answer and exist nowhere else. Page is where a code is typed.
func ConsoleCodesBody(c account.PairingCodes, page string) Body {
	body := ConsoleCodes{
		DeviceCode: c.Device.Reveal(), UserCode: c.User.Show(), VerificationURI: page,
		ExpiresIn: seconds(c.Life), Interval: seconds(c.Interval),
	}
	if c.QR {
		complete := page + "?code=" + c.User.Show()
		body.VerificationURIComplete = &complete
	}
	return bodyOf(body)
}

// ConsoleTokensBody is TokensBody for a console.
func ConsoleTokensBody(t account.ConsoleTokens) Body {
	return bodyOf(ConsoleTokens{
		AccessToken: t.Access.Reveal(), RefreshToken: t.Refresh.Reveal(), TokenType: ConsoleTokensTokenTypeDPoP,
		ExpiresIn: seconds(t.ExpiresIn), Scope: t.Scope,
	})
}

// PairingBody is what waits with a code, for whoever typed it. It is of no member yet.
func PairingBody(c pairing.Consent) Body {
	body := Pairing{
		Kind: PairingKindConsole, Model: c.Model, Firmware: c.Firmware, Place: PairingPlace(c.Place), Scopes: scopes(c.Scopes),
		LastsS: seconds(c.Lasts), AskedSAgo: seconds(c.Age), ExpiresIn: seconds(c.Left),
	}
	if c.Studio != "" {
		body.Kind, body.Studio = PairingKindRide, &c.Studio
	}
	return bodyOf(body)
}

// ConsoleBody is a console for its owner.
func ConsoleBody(console privacy.Guarded[account.Console], grant privacy.Grant) Body {
	var shows shower
	c := opened(shows.by(grant), console)
	if c == nil {
		return Body{}
	}
	return shows.body(consoleOf(*c))
}

// ConsoleListBody is an owner's consoles; what the grant doesn't open is absent.
func ConsoleListBody(consoles []privacy.Guarded[account.Console], grant privacy.Grant) Body {
	var shows shower
	g := shows.by(grant)
	list := ConsoleList{Items: []Console{}}
	for _, guarded := range consoles {
		if c := opened(g, guarded); c != nil {
			list.Items = append(list.Items, consoleOf(*c))
		}
	}
	return shows.body(list)
}

func consoleOf(c account.Console) Console {
	return Console{
		ID: c.ID, Name: c.Name, Model: c.Model, Firmware: c.Firmware, Scopes: scopes(c.Scopes), Shared: c.Shared,
		CreatedAt: c.CreatedAt, LastUsedAt: c.LastUsedAt, ExpiresAt: c.ExpiresAt,
	}
}

func scopes(of []pairing.Scope) ConsoleScopes {
	names := make(ConsoleScopes, len(of))
	for i, s := range of {
		names[i] = string(s)
	}
	return names
}

func seconds(d time.Duration) int { return int(d / time.Second) }
