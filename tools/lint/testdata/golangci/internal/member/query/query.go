// Package query stands for the compiled queries of member.
package query
