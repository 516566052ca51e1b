package mail_test

import (
	"reflect"
	"testing"

	"github.com/paceline/paceline/internal/mail"
)

// Nothing that somebody typed gets into a mail: there is no field to bring it in.
// Another field is a decision about what strangers can make us send.
func TestAMailHasNoRoomForWords(t *testing.T) {
	t.Parallel()
	room := map[string]string{"Code": "string", "Minutes": "int", "At": "time.Time", "Happened": "mail.Events"}
	data := reflect.TypeFor[mail.Data]()
	for i := range data.NumField() {
		if f := data.Field(i); room[f.Name] != f.Type.String() {
			t.Errorf("mails can hold %s, a %s", f.Name, f.Type)
		}
	}
}
