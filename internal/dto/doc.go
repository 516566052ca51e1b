// Package dto makes response bodies. A constructor takes a feature's guarded
// things and the grant they came with, opens what the grant opens, and gives a
// Body, which is all that the edge will send. A field that stays closed is
// absent.
package dto
