package observe

import (
	"io"
	"net/http"
)

func answer(w http.ResponseWriter, status int, text string) {
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

func more(w http.ResponseWriter) {
	_, _ = io.WriteString(w, "more") // want `an io.Writer writes bytes of a response`
}
