package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/paceline/paceline/internal/seal"
)

// keyring makes the file that wraps every member's key, or adds a new primary
// key to it. A serving process takes a rotated file over by itself.
func keyring(_ context.Context, args []string, e env) error {
	if len(args) != 2 {
		return errors.New("usage: paceline keyring new FILE | paceline keyring rotate FILE")
	}
	switch args[0] {
	case "new":
		if err := seal.GenerateFile(args[1]); err != nil {
			return err
		}
		fmt.Fprintln(e.out, "made a key ring: keep a copy apart from the database's backups; without it all that is sealed is lost")
	case "rotate":
		id, err := seal.RotateFile(args[1])
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "key %s is the primary now; the older ones stay until every member key is wrapped anew (paceline doctor says when)\n", id)
	default:
		return fmt.Errorf("there is no paceline keyring %q", args[0])
	}
	return nil
}
