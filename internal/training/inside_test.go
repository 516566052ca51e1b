package training

import (
	"testing"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/privacy"
)

// A value that was made of nothing has nobody who may see it.
func TestWithoutALockNothingOpens(t *testing.T) {
	t.Parallel()
	owner := uuid.New()
	by, err := privacy.Decide(privacy.NewViewer(privacy.ActorSession, owner, uuid.New(), 0), privacy.Subject{Owner: owner, SeenBy: owner})
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := made(&making{by: by}, 1).Open(by); ok || v != 0 {
		t.Errorf("%d opens", v)
	}
}
