// Package httpapi is the edge: the only package that imports Echo and the only
// one that writes a byte of a response.
//
// The contract decides what there is. Its operations become Echo's routes (the
// generated file), its x-access entries become the manifest, and a route without
// one stops the server from starting. In front of a handler stand, in order:
//
//	headers       only the listed response headers leave; the security headers always do
//	record        one log line and one measurement a request, by route pattern
//	recover       a panic is an internal error, told as one
//	guard         cross-origin writes refused, methods, deadline, body size
//	access        what the manifest entry asks for: its limit is counted, a token
//	              where one is needed, parameters within the contract's bounds, each once
//
// A handler turns the request into arguments, calls a feature with the Caller,
// and hands a dto.Body to the one responder, which has the caller pay for whom it
// shows (package limit) before it sends. It decides nothing about privacy.
package httpapi
