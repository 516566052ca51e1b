package dto

import "github.com/paceline/paceline/internal/fault"

// ProblemBody is the body of a refusal (RFC 9457). It holds what the fault says
// for outsiders and nothing that names the request.
func ProblemBody(status int, title string, f *fault.Error) Body {
	p := Problem{
		Type:   "about:blank",
		Title:  title,
		Status: status,
		Code:   string(f.Code),
	}
	if f.Message != "" {
		p.Detail = &f.Message
	}
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, ProblemError{
			Pointer: field.Pointer, Code: string(field.Code), Detail: field.Message,
		})
	}
	return bodyOf(p)
}
