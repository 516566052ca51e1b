package dto

// Body stands for a body.
type Body struct{}
