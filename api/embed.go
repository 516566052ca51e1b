// Package api holds the contract: the OpenAPI 3.1 document that routes, request
// and response types, the access manifest and the reference page are made from.
//
// Two extensions carry what OpenAPI has no word for. Every operation has
// x-access: who may call it, the scope a caller other than a member's own session
// needs, the object the path names, the quota and the cache class. Every member
// of a response body has x-visibility: the field of the privacy model it stands
// under, or "always" (says nothing of a person) or "owner" (nobody else, fixed).
// The tests here refuse a document in which one is missing.
package api

import _ "embed"

// Document is openapi.yaml as it was when the program was built.
//
//go:embed openapi.yaml
var Document []byte
