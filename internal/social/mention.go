package social

import (
	"strings"

	"github.com/google/uuid"

	"github.com/paceline/paceline/internal/text"
)

// mark stands before each name in a stored text that stands for a member: the first for the first of those
// mentioned, and so on. No text holds it that a member wrote (package text).
const mark = '\x02'

const (
	maxMentions = 10
	minName     = 3
	maxName     = 30
)

// splitMention gives the name at the start of a text, where it begins as a mention does: an at sign, and
// what can be a username, in whatever case. What stands behind it can't go on with the name.
func splitMention(s string) (name, rest string, ok bool) {
	if !strings.HasPrefix(s, "@") {
		return "", s, false
	}
	end := 1
	for end < len(s) && inName(s[end]) {
		end++
	}
	name = strings.TrimRight(s[1:end], "_.-") // a name ends with a letter or a digit
	if len(name) < minName || len(name) > maxName || strings.ContainsRune("_.-", rune(name[0])) {
		return "", s, false
	}
	return name, s[1+len(name):], true
}

func inName(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b == '.' || b == '-'
}

// each calls f with the text before each mention and its name, and gives what is left behind the last. An
// at sign within a word, as in an address, begins none.
func each(s string, f func(before, name string)) (left string) {
	from := 0
	for i := 0; i < len(s); i++ {
		if s[i] != '@' || i > 0 && (inName(s[i-1]) || s[i-1] == '@' || s[i-1] >= 0x80) {
			continue
		}
		if name, _, ok := splitMention(s[i:]); ok {
			f(s[from:i], name)
			i += len(name)
			from = i + 1
		}
	}
	return s[from:]
}

// parseMentions are the names that a text may mention, as usernames are written, each once.
func parseMentions(s string) []string {
	names := []string{}
	seen := map[string]bool{}
	each(s, func(_, name string) {
		name = text.FoldASCII(name)
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	})
	return names
}

// store marks the names of those who were found, the first maxMentions of them.
func store(s string, found map[string]uuid.UUID) (body string, mentioned []uuid.UUID) {
	var b strings.Builder
	mentioned = []uuid.UUID{}
	left := each(s, func(before, name string) {
		b.WriteString(before)
		if id, is := found[text.FoldASCII(name)]; is && len(mentioned) < maxMentions {
			b.WriteByte(mark)
			mentioned = append(mentioned, id)
		}
		b.WriteString("@" + name)
	})
	b.WriteString(left)
	return b.String(), mentioned
}

// render is a stored text for somebody who knows these names: the others' are as they were typed.
func render(body string, mentioned []uuid.UUID, names map[uuid.UUID]string) string {
	var b strings.Builder
	for _, id := range mentioned {
		before, behind, marked := strings.Cut(body, string(mark))
		if !marked {
			break
		}
		b.WriteString(before)
		typed, rest, ok := splitMention(behind)
		if !ok {
			body = behind
			continue
		}
		if name, known := names[id]; known {
			typed = name
		}
		b.WriteString("@" + typed)
		body = rest
	}
	b.WriteString(strings.ReplaceAll(body, string(mark), ""))
	return b.String()
}
