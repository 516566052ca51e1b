package seal

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"
)

// maxFile is far more than a ring of keys ever needs.
const maxFile = 64 << 10

// ringFile is the key ring's file:
//
//	{"primary": "k20260301-1f0a9c", "keys": {"k20260301-1f0a9c": "<base64 of 32 bytes>"}}
type ringFile struct {
	Primary string            `json:"primary"`
	Keys    map[string]string `json:"keys"`
}

// FileError says what is wrong with a key ring file. It never quotes the file's values.
type FileError struct{ Path, Problem string }

func (e *FileError) Error() string { return fmt.Sprintf("key ring %s: %s", e.Path, e.Problem) }

// ModeError is a key ring file that others than the service may read or write.
type ModeError struct {
	Path string
	Mode fs.FileMode
}

func (e *ModeError) Error() string {
	return fmt.Sprintf("key ring %s has mode %04o: others can read it; chmod 600 it", e.Path, e.Mode)
}

// readFile reads and checks a key ring file. The info is that of the file that was read.
func readFile(path string) (*keySet, os.FileInfo, error) {
	raw, info, err := readPrivate(path)
	if err != nil {
		return nil, info, err
	}
	keys, err := parseRing(path, raw)
	return keys, info, err
}

func readPrivate(path string) ([]byte, os.FileInfo, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, info, &FileError{Path: path, Problem: "is not a regular file"}
	}
	if !private(info) {
		return nil, info, &ModeError{Path: path, Mode: info.Mode().Perm()}
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(raw) > maxFile {
		err = &FileError{Path: path, Problem: "is larger than 64 KiB"}
	}
	return raw, info, err
}

func parseRing(path string, raw []byte) (*keySet, error) {
	var file ringFile
	if err := json.Unmarshal(raw, &file, json.RejectUnknownMembers(true)); err != nil {
		return nil, &FileError{Path: path, Problem: `is not JSON of the form {"primary": id, "keys": {id: base64}}`}
	}
	keys := &keySet{primary: file.Primary, byID: make(map[string]*kek, len(file.Keys))}
	used := make(map[string]string, len(file.Keys))
	for id, text := range file.Keys {
		if !validID(id) {
			return nil, &FileError{Path: path, Problem: "has a key id that is not 1 to 32 of a-z, 0-9 and '-'"}
		}
		secret, err := base64.StdEncoding.Strict().DecodeString(text)
		if err != nil || len(secret) != keyBytes {
			return nil, &FileError{Path: path, Problem: fmt.Sprintf("key %q is not the base64 of 32 bytes", id)}
		}
		if subtle.ConstantTimeCompare(secret, make([]byte, keyBytes)) == 1 {
			return nil, &FileError{Path: path, Problem: fmt.Sprintf("key %q is all zeros", id)}
		}
		if other, ok := used[string(secret)]; ok {
			return nil, &FileError{Path: path, Problem: fmt.Sprintf("keys %q and %q are the same", min(id, other), max(id, other))}
		}
		used[string(secret)] = id
		keys.byID[id] = &kek{secret: secret}
	}
	if _, ok := keys.byID[keys.primary]; !ok {
		return nil, &FileError{Path: path, Problem: "names a primary that is not among its keys"}
	}
	return keys, nil
}

// GenerateFile writes a ring with one fresh key, mode 0600. It gives fs.ErrExist rather than
// write over a file that is there: losing a key ring loses what it sealed.
func GenerateFile(path string) error {
	id, secret := newKEK()
	file := ringFile{Primary: id, Keys: map[string]string{id: base64.StdEncoding.EncodeToString(secret)}}
	return writeFile(path, file, os.Link)
}

// RotateFile adds a fresh primary to the file and keeps the old keys, so that old records still
// open. It returns the new id. A serving Ring takes it over on its next Reload.
func RotateFile(path string) (string, error) {
	raw, _, err := readPrivate(path)
	if err != nil {
		return "", err
	}
	if _, err := parseRing(path, raw); err != nil {
		return "", err
	}
	var file ringFile
	if err := json.Unmarshal(raw, &file); err != nil {
		return "", &FileError{Path: path, Problem: "changed while it was read"}
	}
	id, secret := newKEK()
	file.Primary = id
	file.Keys[id] = base64.StdEncoding.EncodeToString(secret)
	return id, writeFile(path, file, os.Rename)
}

// writeFile writes beside the path and then puts the file in place at once, so that a crash
// leaves the old file or the new one, never a piece.
func writeFile(path string, file ringFile, place func(from, to string) error) (err error) {
	raw, err := json.Marshal(file, json.Deterministic(true))
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".keyring-*") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if rmErr := os.Remove(tmp.Name()); rmErr != nil && !errors.Is(rmErr, fs.ErrNotExist) {
			err = errors.Join(err, rmErr)
		}
	}()
	_, err = tmp.Write(append(raw, '\n'))
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return place(tmp.Name(), path)
}
