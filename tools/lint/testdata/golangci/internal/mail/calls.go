package mail

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/alexedwards/argon2id"
)

func refused(log *slog.Logger) {
	fmt.Println("to whom?")                // want "write to the io.Writer that you were given"
	println("to whom?")                    // want "write to the io.Writer that you were given"
	_ = time.Now()                         // want "take now as an argument"
	_ = time.Since(time.Time{})            // want "take now as an argument"
	now := time.Now                        // want "take now as an argument"
	_, _ = http.Get("https://example.org") // want "an http.Client of your own"
	_ = http.DefaultClient                 // want "an http.Client of your own"
	_ = http.ListenAndServe(":0", nil)     // want "an http.Server with all four timeouts"
	slog.Info("to which log?")             // want "log to the .slog.Logger that you were given"
	slog.Default().Info("to which log?")   // want "log to the .slog.Logger that you were given"
	_ = context.TODO()                     // want "the caller's context"
	_ = os.Getenv("HOME")                  // want "read it in internal/config"
	_ = argon2id.DefaultParams             // want "parameters from internal/config"
	log.Info("to this one")
	_ = now
}
